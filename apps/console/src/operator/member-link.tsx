import { Link } from '@tanstack/react-router'

/** To somebody's whole story. */
export function MemberLink({ id, email }: { readonly id: string; readonly email: string }) {
  return (
    <Link to="/operator/members/$id" params={{ id }} className="link break-all">
      {email}
    </Link>
  )
}
