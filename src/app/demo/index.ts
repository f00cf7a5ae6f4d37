/** The demo hospital: two CTs and an archive, analysers and a laboratory system, all of our own making, real peers on loopback, so that a person sees traffic in a minute. */
export { startDemoPacs, type DemoPacs } from './pacs.ts'
export { startDemoDevices, sendStudy } from './devices.ts'
export { laboratoryMessages, startDemoAnalysers, startDemoLaboratory, type LaboratoryMessages } from './laboratory.ts'
export { ctImage, CT_IMAGE_STORAGE, examination, EXPLICIT_LITTLE_ENDIAN, SLICES, type Examination } from './images.ts'
