/** A table as offices export it: tabs, semicolons or commas, quotes where a cell needs them (RFC 4180), a header line. */
export interface DelimitedRow {
  /** from 1, the header's line is where it stands */
  readonly line: number
  /** by the header's name, whatever its case; empty where the row is shorter */
  cell(column: string): string
}

/** @returns rows below the header and the header's names in lower case */
export function readDelimited(text: string): {
  readonly columns: readonly string[]
  readonly rows: readonly DelimitedRow[]
} {
  const plain = text.replace(/^\uFEFF/, '')
  const header = plain.slice(0, Math.max(0, plain.search(/\r?\n|$/)))
  const separator = ['\t', ';', ','].find((one) => header.includes(one)) ?? '\t'
  const [first = { line: 1, cells: [] }, ...rest] = records(plain, separator)
  const columns = first.cells.map((cell) => cell.trim().toLowerCase())
  const rows = rest.map(({ line, cells }) => ({
    line,
    cell: (column: string) => cells[columns.indexOf(column.toLowerCase())]?.trim() ?? '',
  }))
  return { columns, rows }
}

function* records(text: string, separator: string): Generator<{ readonly line: number; readonly cells: string[] }> {
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, 'y')
  let [line, startedAt, cells] = [1, 1, [] as string[]]
  while (cell.lastIndex < text.length) {
    const [whole = '', quoted, plain = '', end = ''] = cell.exec(text) ?? []
    if (whole === '') return
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    line += whole.split('\n').length - 1
    if (end === separator && cell.lastIndex < text.length) continue
    if (cells.some((one) => one.trim() !== '')) yield { line: startedAt, cells }
    ;[cells, startedAt] = [[], line]
  }
}
