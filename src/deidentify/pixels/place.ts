/** Parts of a picture: rectangles of whole pixels. */
export interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** those of different frames never meet */
  readonly frame?: number
}

export const area = (places: readonly Place[]): number =>
  places.reduce((sum, { width, height }) => sum + width * height, 0)

/** @returns the place and so many pixels around it, as far as the picture goes */
export function grown<P extends Place>(
  place: P,
  margin: number,
  of: { readonly width: number; readonly height: number },
): P {
  const x = Math.max(0, Math.floor(place.x - margin))
  const y = Math.max(0, Math.floor(place.y - margin))
  return {
    ...place,
    ...{ x, y },
    width: Math.min(of.width, Math.ceil(place.x + place.width + margin)) - x,
    height: Math.min(of.height, Math.ceil(place.y + place.height + margin)) - y,
  }
}

/** Places that meet become one around both, as long as there are any. */
export function apart<P extends Place>(places: readonly P[]): readonly P[] {
  const done: P[] = []
  for (let place of places) {
    for (let at = done.findIndex((one) => touch(place, one)); at >= 0; at = done.findIndex((one) => touch(place, one)))
      place = aroundBoth(place, done.splice(at, 1)[0] as P)
    done.push(place)
  }
  return done
}

/** @returns whether all of it lies in the other */
export const isInside = (place: Place, other: Place): boolean =>
  place.x >= other.x &&
  place.y >= other.y &&
  place.x + place.width <= other.x + other.width &&
  place.y + place.height <= other.y + other.height

const touch = (a: Place, b: Place) =>
  a.frame === b.frame && a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height

export function aroundBoth<P extends Place>(a: P, b: P): P {
  const x = Math.min(a.x, b.x)
  const y = Math.min(a.y, b.y)
  return {
    ...a,
    ...{ x, y },
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  }
}
