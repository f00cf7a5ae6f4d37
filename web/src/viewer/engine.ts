/** Cornerstone3D, started once; a stack of images in an element, and what can be done with it. */
import { Enums, init as initCore, RenderingEngine, utilities, type Types } from '@cornerstonejs/core'
import * as loader from '@cornerstonejs/dicom-image-loader'
import * as tools from '@cornerstonejs/tools'
import { ask } from '../kit/server.ts'

export type ToolName = 'levels' | 'pan' | 'zoom' | 'length' | 'roi'

const TOOLS: Readonly<Record<ToolName, string>> = {
  levels: tools.WindowLevelTool.toolName,
  pan: tools.PanTool.toolName,
  zoom: tools.ZoomTool.toolName,
  length: tools.LengthTool.toolName,
  roi: tools.RectangleROITool.toolName,
}
const GROUP = 'stack'
const VIEWPORT = 'viewport'

let started = false
function start(): void {
  if (started) return
  started = true
  initCore()
  loader.init({ maxWebWorkers: 2 })
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

export interface Stack {
  readonly count: number
  /** of the series; window presets are for CT */
  readonly modality: string
  show(index: number): Promise<void>
  window(centre: number, width: number): void
  invert(): void
  reset(): void
  use(tool: ToolName): void
  resize(): void
  close(): void
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
}

/** L(eft) R(ight) A(nterior) P(osterior) H(ead) F(oot) at the edges of the picture, the nearest first */
export interface Sides {
  readonly top: string
  readonly right: string
  readonly bottom: string
  readonly left: string
}

/**
 * Loads a series into an element. `onShown` is told which image and window are to be seen.
 * @returns undefined for a series without images
 */
export async function openStack(
  element: HTMLDivElement,
  study: string,
  series: string,
  onShown: (shown: Shown) => void,
): Promise<Stack | undefined> {
  start()
  const { imageIds, instance } = await imagesOf(study, series)
  if (imageIds.length === 0) return undefined
  const isPlaced = (instance?.['00200037']?.Value?.length ?? 0) === 6
  const isMeasured = (instance?.['00280030']?.Value?.length ?? 0) === 2
  const engine = new RenderingEngine(`engine-${series}`)
  engine.enableElement({ viewportId: VIEWPORT, element, type: Enums.ViewportType.STACK })
  const viewport = engine.getViewport(VIEWPORT) as Types.IStackViewport
  tools.ToolGroupManager.destroyToolGroup(GROUP)
  const group = tools.ToolGroupManager.createToolGroup(GROUP)
  for (const name of Object.values(TOOLS)) group?.addTool(name)
  group?.addTool(tools.StackScrollTool.toolName)
  group?.addViewport(VIEWPORT, engine.id)
  group?.setToolActive(tools.StackScrollTool.toolName, { bindings: [{ mouseButton: tools.Enums.MouseBindings.Wheel }] })
  group?.setToolActive(TOOLS.zoom, { bindings: [{ mouseButton: tools.Enums.MouseBindings.Secondary }] })
  const tell = () => {
    const { lower = 0, upper = 0 } = viewport.getProperties().voiRange ?? {}
    const { viewUp = [0, -1, 0], viewPlaneNormal = [0, 0, -1], parallelScale = 0 } = viewport.getCamera()
    onShown({
      ...(isPlaced ? { sides: sidesOf(viewUp, viewPlaneNormal) } : {}),
      // half of the picture's height is the camera's scale
      ...(isMeasured ? { mmPerPixel: (2 * parallelScale) / element.clientHeight } : {}),
      index: viewport.getCurrentImageIdIndex(),
      centre: Math.round((lower + upper) / 2),
      width: Math.round(upper - lower),
    })
  }
  for (const event of [
    Enums.Events.STACK_NEW_IMAGE,
    Enums.Events.VOI_MODIFIED,
    Enums.Events.CAMERA_MODIFIED,
    Enums.Events.IMAGE_RENDERED,
  ])
    element.addEventListener(event, tell)
  await viewport.setStack(imageIds, Math.floor(imageIds.length / 2))
  viewport.render()

  let active: ToolName = 'levels'
  const use = (tool: ToolName) => {
    group?.setToolPassive(TOOLS[active])
    active = tool
    group?.setToolActive(TOOLS[tool], {
      bindings: [
        { mouseButton: tools.Enums.MouseBindings.Primary },
        ...(tool === 'zoom' ? [{ mouseButton: tools.Enums.MouseBindings.Secondary }] : []),
      ],
    })
  }
  use('levels')
  return {
    count: imageIds.length,
    modality: String(instance?.['00080060']?.Value?.[0] ?? ''),
    show: async (index) => {
      await viewport.setImageIdIndex(Math.max(0, Math.min(imageIds.length - 1, index)))
    },
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
    use,
    resize: () => engine.resize(true, true),
    close: () => engine.destroy(),
  }
}

type DicomJson = Record<string, { Value?: unknown[] } | undefined>
const number = (json: DicomJson, key: string) => Number(json[key]?.Value?.[0] ?? 0)

/** An image id a frame, in the order of Instance Number; the metadata is handed to the loader. */
async function imagesOf(
  study: string,
  series: string,
): Promise<{ readonly imageIds: string[]; readonly instance: DicomJson | undefined }> {
  const at = addressOf(study, series)
  const instances = await jsonOf(`${at}/metadata`)
  instances.sort((a, b) => number(a, '00200013') - number(b, '00200013'))
  return { imageIds: instances.flatMap((instance) => idsOf(at, instance)), instance: instances[0] }
}

const addressOf = (study: string, series: string) => `${location.origin}/dicom-web/studies/${study}/series/${series}`

/** @throws ServerFailure, or nothing found as an empty list */
async function jsonOf(address: string): Promise<DicomJson[]> {
  return (await ask<DicomJson[] | undefined>(address)) ?? []
}

function idsOf(at: string, instance: DicomJson): string[] {
  return Array.from({ length: Math.max(1, number(instance, '00280008')) }, (_, frame) => {
    const imageId = `wadors:${at}/instances/${String(instance['00080018']?.Value?.[0])}/frames/${frame + 1}`
    loader.wadors.metaDataManager.add(imageId, instance as never)
    return imageId
  })
}

/** Draws the image in the middle of a series, small. */
export async function drawThumbnail(
  canvas: HTMLCanvasElement,
  study: string,
  series: string,
  count: number,
): Promise<void> {
  start()
  const at = addressOf(study, series)
  const [middle] = await jsonOf(`${at}/instances?limit=1&offset=${Math.floor(count / 2)}`)
  const uid = String(middle?.['00080018']?.Value?.[0] ?? '')
  const [instance] = uid ? await jsonOf(`${at}/instances/${uid}/metadata`) : []
  const [imageId] = instance ? idsOf(at, instance) : []
  if (imageId) await utilities.loadImageToCanvas({ canvas, imageId, thumbnail: true })
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
