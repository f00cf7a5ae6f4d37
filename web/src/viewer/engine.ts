/** Cornerstone3D, started once; a stack of images in an element, and what can be done with it. */
import { Enums, init as initCore, RenderingEngine, type Types } from '@cornerstonejs/core'
import * as loader from '@cornerstonejs/dicom-image-loader'
import * as tools from '@cornerstonejs/tools'

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
}

/** Loads a series into an element. `onShown` is told which image and window are to be seen. */
export async function openStack(
  element: HTMLDivElement,
  study: string,
  series: string,
  onShown: (shown: Shown) => void,
): Promise<Stack> {
  start()
  const imageIds = await imageIdsOf(study, series)
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
    onShown({
      index: viewport.getCurrentImageIdIndex(),
      centre: Math.round((lower + upper) / 2),
      width: Math.round(upper - lower),
    })
  }
  for (const event of [Enums.Events.STACK_NEW_IMAGE, Enums.Events.VOI_MODIFIED, Enums.Events.IMAGE_RENDERED])
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

/** An image id a frame, in the order of Instance Number; the metadata is handed to the loader. */
async function imageIdsOf(study: string, series: string): Promise<string[]> {
  const at = `${location.origin}/dicom-web/studies/${study}/series/${series}`
  const answer = await fetch(`${at}/metadata`)
  if (!answer.ok) throw new Error(String(answer.status))
  const instances = (await answer.json()) as DicomJson[]
  const number = (json: DicomJson, key: string) => Number(json[key]?.Value?.[0] ?? 0)
  return instances
    .sort((a, b) => number(a, '00200013') - number(b, '00200013'))
    .flatMap((instance) =>
      Array.from({ length: Math.max(1, number(instance, '00280008')) }, (_, frame) => {
        const imageId = `wadors:${at}/instances/${String(instance['00080018']?.Value?.[0])}/frames/${frame + 1}`
        loader.wadors.metaDataManager.add(imageId, instance as never)
        return imageId
      }),
    )
}
