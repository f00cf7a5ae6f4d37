/** ASTM E1381 frames and E1394 records. Pure. */
export { astmFrames, AstmLine, CONTROL, type AstmLoss, type AstmPiece, type Side } from './frames.ts'
export { readRecords, recordFieldName, splitRecords } from './records.ts'
