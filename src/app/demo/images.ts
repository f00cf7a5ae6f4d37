/** The demo's images without its network. */
export { examination, type Examination } from './patients.ts'
export { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN } from './ct-image.ts'
export { SLICES } from './phantom.ts'
