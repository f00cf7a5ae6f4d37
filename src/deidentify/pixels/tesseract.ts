/**
 * Tesseract as a child process: pictures go in through a pipe as pages of one TIFF, words come out through another.
 * Nothing touches a disk. A start costs half a second of models, so whoever asks while a child runs shares the next one.
 */
import { spawn } from 'node:child_process'
import { Fault } from '../../base/index.ts'
import { tiff, type GreyPicture } from './tiff.ts'

export interface Reading {
  /** in pixels of the page */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly text: string
  /** 0–100 */
  readonly confidence: number
  /** words of one line of one page share it */
  readonly line: string
}

/** Reads words off pictures. */
export interface TextReader {
  /** @returns the words of each picture @throws Fault 'text-recognition-missing', 'text-recognition-failed' */
  read(pages: readonly GreyPicture[]): Promise<readonly (readonly Reading[])[]>
}

export interface TesseractOptions {
  readonly program?: string
  /** for a start and for a megapixel; more is a hang */
  readonly startMs?: number
  readonly megapixelMs?: number
}

const LANGUAGES = ['rus', 'eng']
const MEGAPIXEL = 1_000_000
const MEMORY_KIB = 2 * 1024 * 1024
const BATCH_PIXELS = 64 * MEGAPIXEL
const OUTPUT_BYTES = 64 * MEGAPIXEL

interface Asked {
  readonly pages: readonly GreyPicture[]
  readonly pixels: number
  resolve(words: readonly (readonly Reading[])[]): void
  reject(error: unknown): void
}

export function tesseract(options: TesseractOptions = {}): TextReader {
  const waiting: Asked[] = []
  let running = false
  let isComplete = false
  const next = async (): Promise<void> => {
    if (running || waiting.length === 0) return
    running = true
    const batch = [waiting.shift() as Asked]
    for (let pixels = (batch[0] as Asked).pixels; waiting[0] && pixels + waiting[0].pixels <= BATCH_PIXELS;) {
      pixels += waiting[0].pixels
      batch.push(waiting.shift() as Asked)
    }
    try {
      isComplete ||= await hasLanguages(options.program)
      await together(batch, options)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
    running = false
    void next()
  }
  return {
    read: (pages) =>
      new Promise((resolve, reject) => {
        const pixels = pages.reduce((sum, { width, height }) => sum + width * height, 0)
        waiting.push({ pages, pixels, resolve, reject })
        // those who ask in the same turn go together
        setImmediate(() => void next())
      }),
  }
}

/** without a language it says nothing and reads the letters of the other: it has to be asked */
async function hasLanguages(program = 'tesseract'): Promise<true> {
  const child = spawn(program, ['--list-langs'], { stdio: ['ignore', 'pipe', 'ignore'] })
  let listed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (listed += text))
  await new Promise((resolve) => child.on('error', resolve).on('close', resolve))
  const found = new Set(listed.split(/\s+/))
  if (!LANGUAGES.every((one) => found.has(one))) throw new Fault('text-recognition-missing')
  return true
}

/** When a batch fails each of it is tried alone, so that one picture cannot take others with it. */
async function together(batch: readonly Asked[], options: TesseractOptions): Promise<void> {
  try {
    const words = await recognised(
      batch.flatMap(({ pages }) => pages),
      options,
    )
    let at = 0
    for (const { pages, resolve } of batch) resolve(words.slice(at, (at += pages.length)))
  } catch (error) {
    const [first, ...others] = batch
    if (others.length === 0) return first?.reject(error)
    for (const one of batch) await together([one], options)
  }
}

async function recognised(
  pages: readonly GreyPicture[],
  { program = 'tesseract', startMs = 30_000, megapixelMs = 5_000 }: TesseractOptions,
): Promise<readonly (readonly Reading[])[]> {
  if (pages.length === 0) return []
  const megapixels = pages.reduce((sum, { width, height }) => sum + width * height, 0) / MEGAPIXEL
  // the shell sets the limit on memory and becomes the program
  const limited = `ulimit -v ${MEMORY_KIB}; ulimit -c 0; exec "$0" "$@"`
  const args = [program, 'stdin', 'stdout', '-l', LANGUAGES.join('+'), '--psm', '11', 'tsv']
  const child = spawn('/bin/sh', ['-c', limited, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', OMP_THREAD_LIMIT: '1' },
  })
  const output: Buffer[] = []
  let length = 0
  const timer = setTimeout(() => child.kill('SIGKILL'), startMs + megapixels * megapixelMs)
  child.stdout.on('data', (chunk: Buffer) => {
    output.push(chunk)
    if ((length += chunk.length) > OUTPUT_BYTES) child.kill('SIGKILL')
  })
  child.stdin.on('error', () => undefined)
  child.stdin.cork()
  for (const piece of tiff(pages)) child.stdin.write(piece)
  child.stdin.end()
  const status = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(NOT_FOUND))
    child.on('close', resolve)
  })
  clearTimeout(timer)
  if (status === NOT_FOUND) throw new Fault('text-recognition-missing')
  if (status !== 0) throw new Fault('text-recognition-failed')
  return words(Buffer.concat(output).toString('utf8'), pages.length)
}

const NOT_FOUND = 127
const WORD_LEVEL = '5'

/** the columns of tesseract's tsv: level page block par line word left top width height conf text */
function words(tsv: string, count: number): readonly (readonly Reading[])[] {
  const pages: Reading[][] = Array.from({ length: count }, () => [])
  let seen = 0
  for (const row of tsv.split('\n')) {
    const [level, page, block, paragraph, line, , x, y, width, height, confidence, ...text] = row.split('\t')
    if (level === '1') seen++
    if (level !== WORD_LEVEL || !text.join('').trim()) continue
    pages[Number(page) - 1]?.push({
      ...{ x: Number(x), y: Number(y), width: Number(width), height: Number(height) },
      text: text.join(' ').trim(),
      confidence: Number(confidence),
      line: `${page} ${block} ${paragraph} ${line}`,
    })
  }
  // a page that was not looked at is not a page without text
  if (seen !== count) throw new Fault('text-recognition-failed')
  return pages
}
