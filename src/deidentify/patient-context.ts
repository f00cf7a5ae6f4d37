/** What is known of this patient and study, to be looked for in texts, pixels and the finished bytes. It never leaves the gate. */
export interface PatientContext {
  /** names of the patient and of everybody named in the data set, as decoded: `Фамилия^Имя^Отчество` */
  readonly names: readonly string[]
  /** numbers and codes: patient, accession, admission, insurance, telephone */
  readonly identifiers: readonly string[]
  /** addresses, institutions, wards, devices */
  readonly places: readonly string[]
  /** YYYYMMDD: birth, study, series, acquisition … */
  readonly dates: readonly string[]
  /** that somebody made */
  readonly uids: readonly string[]
}
