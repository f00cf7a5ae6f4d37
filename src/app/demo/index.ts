/** The demo hospital: two CTs and an archive of our own making, real peers on loopback, so that a person sees traffic in a minute. */
export { startDemoPacs, type DemoPacs } from './pacs.ts'
export { startDemoDevices, sendStudy } from './devices.ts'
export { examination, type Examination } from './patients.ts'
export { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN } from './ct-image.ts'
export { SLICES } from './phantom.ts'
