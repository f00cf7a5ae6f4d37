/** Where a device writes onto its pictures, as data: its signature, and rectangles. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly frame?: number
}

/** A device, or what it makes, and what to blank on its pictures. All that is given has to agree. */
export interface RegionRule {
  readonly name: string
  readonly modality?: string
  /** regular expressions, capitals or not */
  readonly manufacturer?: string
  readonly model?: string
  readonly imageType?: string
  readonly rows?: number
  readonly columns?: number
  /** rectangles in pixels; or what the device itself declares as image: all else is blanked */
  readonly blank: readonly Box[] | 'outside-ultrasound-regions'
}
