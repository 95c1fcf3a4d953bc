import type { ReactNode } from 'react'

import { look } from './look.ts'

export interface Column<Row> {
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  /** Figures stand at the right, under each other. */
  readonly figures?: boolean
  /** What the row is about: on a phone it is its heading. */
  readonly main?: boolean
}

/** A table; on a phone each row is a block of named values. The roles keep it a table for readers of the screen. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
}) {
  return (
    // oxlint-disable-next-line jsx_a11y/no-redundant-roles
    <table role="table" className="block w-full text-sm sm:table">
      <caption className="sr-only">{caption}</caption>
      <thead role="rowgroup" className="sr-only sm:not-sr-only sm:table-header-group">
        <tr role="row" className="sm:table-row">
          {columns.map((column) => (
            <th
              key={column.head}
              role="columnheader"
              scope="col"
              className={look(
                'border-b px-3 pb-2 whitespace-nowrap font-medium text-soft first:pl-0 last:pr-0',
                column.figures ? 'text-right' : 'text-left',
              )}
            >
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="block sm:table-row-group">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row" className="block border-b py-3 last:border-0 sm:table-row sm:py-0">
            {columns.map((column) => (
              <td
                key={column.head}
                role="cell"
                data-head={column.main ? undefined : column.head}
                className={look(
                  'flex items-baseline justify-between gap-4 py-0.5 sm:table-cell sm:px-3 sm:py-2.5 sm:first:pl-0 sm:last:pr-0',
                  column.figures && 'sm:text-right',
                  column.main
                    ? 'font-medium'
                    : 'before:shrink-0 before:text-soft before:content-[attr(data-head)] sm:before:content-none',
                )}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
