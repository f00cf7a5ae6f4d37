/** Cornerstone3D, started once; a stack of images in a place of the page, and what can be done with it. */
import { Enums, eventTarget, init as initCore, RenderingEngine, utilities, type Types } from '@cornerstonejs/core'
import * as tools from '@cornerstonejs/tools'
import { failureOf, imagesOf, middleImageOf } from './images.ts'
import { initLoader } from './loader.ts'

export type ToolName = 'levels' | 'pan' | 'zoom' | 'length' | 'roi'

const TOOLS: Readonly<Record<ToolName, string>> = {
  levels: tools.WindowLevelTool.toolName,
  pan: tools.PanTool.toolName,
  zoom: tools.ZoomTool.toolName,
  length: tools.LengthTool.toolName,
  roi: tools.RectangleROITool.toolName,
}
const NAME = 'stack'

let started = false
function start(): void {
  if (started) return
  started = true
  // one picture is drawn at a time; a browser has about sixteen contexts for all its pages, and an engine would take seven
  initCore({ rendering: { webGlContextCount: 1 } } as Parameters<typeof initCore>[0])
  initLoader()
  tools.init()
  for (const tool of [
    tools.WindowLevelTool,
    tools.PanTool,
    tools.ZoomTool,
    tools.LengthTool,
    tools.RectangleROITool,
    tools.StackScrollTool,
  ])
    tools.addTool(tool)
}

/** What is drawn into, and by what: made once and taken from place to place, as WebGL gives back little of what one held. */
interface Stage {
  readonly element: HTMLDivElement
  readonly engine: RenderingEngine
  readonly viewport: Types.IStackViewport
  readonly group: NonNullable<ReturnType<typeof tools.ToolGroupManager.createToolGroup>>
}

let stage: Stage | undefined
function stageIn(place: HTMLElement): Stage {
  const element = stage?.element ?? document.createElement('div')
  if (element.parentElement !== place) place.append(element)
  if (stage) return stage
  element.style.cssText = 'position: absolute; inset: 0'
  const engine = new RenderingEngine(NAME)
  engine.enableElement({ viewportId: NAME, element, type: Enums.ViewportType.STACK })
  const group = tools.ToolGroupManager.createToolGroup(NAME)
  if (!group) throw new Error('tools are started twice')
  for (const name of Object.values(TOOLS)) group.addTool(name)
  group.addTool(tools.StackScrollTool.toolName)
  group.addViewport(NAME, engine.id)
  group.setToolActive(tools.StackScrollTool.toolName, { bindings: [{ mouseButton: tools.Enums.MouseBindings.Wheel }] })
  return (stage = { element, engine, group, viewport: engine.getViewport(NAME) as Types.IStackViewport })
}

export interface Stack {
  readonly count: number
  /** of the series; window presets are for CT */
  readonly modality: string
  show(index: number): Promise<void>
  /** from the image last asked for, which may not have come yet */
  step(by: number): Promise<void>
  window(centre: number, width: number): void
  invert(): void
  reset(): void
  use(tool: ToolName): void
  resize(): void
}

export interface Shown {
  /** from 0 */
  readonly index: number
  readonly centre: number
  readonly width: number
  /** which way the patient lies, where the images say it */
  readonly sides?: Sides
  /** of a pixel of the screen, where the images say it */
  readonly mmPerPixel?: number
  /** why this image is not to be seen: Undecodable or ServerFailure */
  readonly failure?: Error
}

/** L(eft) R(ight) A(nterior) P(osterior) H(ead) F(oot) at the edges of the picture, the nearest first */
export interface Sides {
  readonly top: string
  readonly right: string
  readonly bottom: string
  readonly left: string
}

/** For as long as the signal has not come. */
export interface Watch {
  readonly signal: AbortSignal
  /** which image and window are to be seen */
  onShown(shown: Shown): void
}

/**
 * Loads a series into a place of the page, where another may have been before.
 * @returns undefined for a series without images
 * @throws ServerFailure
 */
export async function openStack(
  place: HTMLElement,
  study: string,
  series: string,
  { signal, onShown }: Watch,
): Promise<Stack | undefined> {
  const { imageIds, first } = await imagesOf(study, series)
  if (!first || signal.aborted) return undefined
  start()
  const { element, engine, viewport, group } = stageIn(place)
  const isPlaced = (first['00200037']?.Value?.length ?? 0) === 6
  const isMeasured = (first['00280030']?.Value?.length ?? 0) === 2
  let failed: { readonly index: number; readonly failure: Error } | undefined
  const tell = () => {
    const index = viewport.getCurrentImageIdIndex()
    if (failed?.index === index) return onShown({ index, centre: 0, width: 0, failure: failed.failure })
    const { lower = 0, upper = 0 } = viewport.getProperties().voiRange ?? {}
    const width = upper - lower
    // the values of a map or of a frame of single bits lie close together
    const rounded = (value: number) => (width < 10 ? Math.round(value * 100) / 100 : Math.round(value))
    const { viewUp = [0, -1, 0], viewPlaneNormal = [0, 0, -1], parallelScale = 0 } = viewport.getCamera()
    onShown({
      ...(isPlaced ? { sides: sidesOf(viewUp, viewPlaneNormal) } : {}),
      // half of the picture's height is the camera's scale
      ...(isMeasured ? { mmPerPixel: (2 * parallelScale) / element.clientHeight } : {}),
      index,
      centre: rounded((lower + upper) / 2),
      width: rounded(width),
    })
  }
  const { Events } = Enums
  const onNewImage = () => {
    failed = undefined
    tell()
  }
  element.addEventListener(Events.STACK_NEW_IMAGE, onNewImage, { signal })
  for (const event of [Events.VOI_MODIFIED, Events.CAMERA_MODIFIED, Events.IMAGE_RENDERED])
    element.addEventListener(event, tell, { signal })
  const onError = (event: Event) => {
    const index = viewport.getCurrentImageIdIndex()
    const detail = (event as CustomEvent<LoadError | readonly { readonly reason: unknown }[]>).detail
    const error = 'imageId' in detail ? detail.error : detail[0]?.reason
    if ('imageId' in detail && detail.imageId !== imageIds[index]) return
    failed = { index, failure: failureOf(error) }
    tell()
  }
  eventTarget.addEventListener(Events.IMAGE_LOAD_ERROR, onError)
  signal.addEventListener('abort', () => eventTarget.removeEventListener(Events.IMAGE_LOAD_ERROR, onError))

  engine.resize(true, false)
  // what does not load is told by its event
  const settled = (loading: Promise<unknown>) => loading.then(noop, noop)
  await settled(viewport.setStack(imageIds, Math.floor(imageIds.length / 2)))
  if (signal.aborted) return undefined
  viewport.render()

  const show = (index: number) => {
    const to = Math.max(0, Math.min(imageIds.length - 1, index))
    // a viewport that is at an image does not ask for it again
    return settled(failed?.index === to ? viewport.setStack(imageIds, to) : viewport.setImageIdIndex(to))
  }
  return {
    count: imageIds.length,
    modality: String(first['00080060']?.Value?.[0] ?? ''),
    show,
    step: (by) => show(viewport.getTargetImageIdIndex() + by),
    window: (centre, width) => {
      viewport.setProperties({ voiRange: { lower: centre - width / 2, upper: centre + width / 2 } })
      viewport.render()
    },
    invert: () => {
      viewport.setProperties({ invert: !viewport.getProperties().invert })
      viewport.render()
    },
    reset: () => {
      viewport.resetCamera()
      viewport.resetProperties()
      viewport.render()
    },
    use: (tool) => use(group, tool),
    resize: () => engine.resize(true, true),
  }
}

/** One tool has the left button; zoom has the right one always. */
function use(group: Stage['group'], tool: ToolName): void {
  for (const name of Object.values(TOOLS)) group.setToolPassive(name)
  const { Primary, Secondary } = tools.Enums.MouseBindings
  group.setToolActive(TOOLS[tool], { bindings: [{ mouseButton: Primary }] })
  group.setToolActive(TOOLS.zoom, { bindings: [{ mouseButton: Secondary }] })
}

/** one image that did not load; a list where one loaded and could not be drawn */
interface LoadError {
  readonly imageId: string
  readonly error: unknown
}
const noop = () => {}

/** Draws the image in the middle of a series, small. @returns whether there is one @throws what kept it from being drawn */
export async function drawThumbnail(
  canvas: HTMLCanvasElement,
  study: string,
  series: string,
  count: number,
): Promise<boolean> {
  start()
  const imageId = await middleImageOf(study, series, count)
  if (imageId) await utilities.loadImageToCanvas({ canvas, imageId, thumbnail: true })
  return imageId !== undefined
}

function sidesOf(up: Types.Point3, normal: Types.Point3): Sides {
  const { getOrientationStringLPS: named, invertOrientationStringLPS: other } = tools.utilities.orientation
  const right: Types.Point3 = [
    up[1] * normal[2] - up[2] * normal[1],
    up[2] * normal[0] - up[0] * normal[2],
    up[0] * normal[1] - up[1] * normal[0],
  ]
  const [top, side] = [named(up), named(right)]
  return { top, right: side, bottom: other(top), left: other(side) }
}
