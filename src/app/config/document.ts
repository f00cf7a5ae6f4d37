/** A YAML file as data, and where in it each part stands, so that a mistake has a line and a column. */
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'

export interface Mistake {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export type Path = readonly (string | number)[]

export class YamlFile {
  readonly document: Document
  readonly #file: string
  readonly #lines = new LineCounter()

  constructor(text: string, file: string) {
    this.#file = file
    this.document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false })
  }

  /** @returns the data a schema makes of the file, or what is wrong with its form */
  parse<S extends z.ZodType>(
    schema: S,
  ): { data: z.output<S>; mistakes: [] } | { data?: undefined; mistakes: Mistake[] } {
    const { errors } = this.document
    if (errors.length) return { mistakes: errors.map((error) => this.at(error.pos[0], error.message)) }
    const parsed = schema.safeParse(this.document.toJS() ?? {})
    if (parsed.success) return { data: parsed.data, mistakes: [] }
    return { mistakes: parsed.error.issues.flatMap((issue) => this.#issue(issue)) }
  }

  /** a mistake at a setting, or at the nearest thing above it when it is missing */
  place(path: Path, message: string): Mistake {
    return this.at(this.offsetOf(path), message)
  }

  at(offset: number, message: string): Mistake {
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col), message }
  }

  offsetOf(path: Path): number {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? this.document.contents : this.document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return node.range[0]
    }
    return 0
  }

  #issue(issue: z.core.$ZodIssue): Mistake[] {
    const path = issue.path as Path
    // of a choice between forms, the form that was meant says what is wrong with it
    if (issue.code === 'invalid_union' && issue.errors.length) {
      const deepest = issue.errors.flat().sort((a, b) => b.path.length - a.path.length)[0]
      if (deepest && deepest.path.length > 0)
        return this.#issue({ ...deepest, path: [...path, ...deepest.path] } as z.core.$ZodIssue)
    }
    if (issue.code !== 'unrecognized_keys') return [this.place(path, `${path.join('.')}: ${issue.message}`)]
    return issue.keys.map((key) => this.place([...path, key], `${[...path, key].join('.')} is not a setting`))
  }
}
