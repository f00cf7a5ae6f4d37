/**
 * Reference ranges to begin with, of adults unless an age says otherwise. A laboratory's own approved list replaces them
 * analyte by analyte: no order of the Ministry has intervals of clinical chemistry, since they depend on the method. Each
 * row names its source; `unverified` rows are shown and never flag.
 */
import { loadRanges, type RangeRow } from './range-table.ts'

/** where the numbers were read: forms and tables that are public */
export const RANGE_SOURCES: Readonly<Record<string, string>> = {
  SEM: 'laboratory form of the Semashko Republican Clinical Hospital, Simferopol, column of SI units',
  GB9: 'laboratory form of City Hospital No. 9, Sevastopol',
  GP1: 'laboratory form of City Outpatient Clinic No. 1',
  FE: 'template of a Russian medical document, iron metabolism',
  MSD: 'MSD Manual, professional edition: cholesterol levels and cardiovascular risk',
  CLD: 'US textbook of clinical chemistry, appendix A, table A-3',
  CR: 'Russian review article on creatinine',
  unverified: 'not yet compared with a publication',
}

/** as it is loaded, with bars for tabs so that it can be read here */
export const STARTER_TABLE = `
analyte                | unit             | sex | age_from | age_below | specimen | method | low  | high | kind           | source     | note
hemoglobin             | g/L              | M   | 18       |           |          |        | 130  | 160  | interval       | SEM        |
hemoglobin             | g/L              | F   | 18       |           |          |        | 120  | 140  | interval       | SEM        |
erythrocytes           | 10*12/L          | M   | 18       |           |          |        | 4.0  | 5.0  | interval       | SEM        |
erythrocytes           | 10*12/L          | F   | 18       |           |          |        | 3.9  | 4.7  | interval       | SEM        |
leukocytes             | 10*9/L           | *   | 18       |           |          |        | 4.0  | 9.0  | interval       | SEM        |
platelets              | 10*9/L           | *   | 18       |           |          |        | 180  | 320  | interval       | unverified |
hematocrit             | %                | M   | 18       |           |          |        | 40   | 48   | interval       | SEM        |
hematocrit             | %                | F   | 18       |           |          |        | 36   | 42   | interval       | SEM        |
reticulocytes-fraction | %                | *   | 18       |           |          |        | 0.2  | 1.0  | interval       | SEM        |
esr                    | mm/h             | M   | 18       |           |          |        | 2    | 10   | interval       | GB9        |
esr                    | mm/h             | F   | 18       |           |          |        | 2    | 15   | interval       | GB9        |
bands-fraction         | %                | *   | 18       |           |          |        | 1    | 6    | interval       | SEM        |
segments-fraction      | %                | *   | 18       |           |          |        | 47   | 72   | interval       | SEM        |
eosinophils-fraction   | %                | *   | 18       |           |          |        | 0.5  | 5    | interval       | SEM        |
basophils-fraction     | %                | *   | 18       |           |          |        | 0    | 1    | interval       | SEM        |
lymphocytes-fraction   | %                | *   | 18       |           |          |        | 19   | 37   | interval       | SEM        |
monocytes-fraction     | %                | *   | 18       |           |          |        | 3    | 11   | interval       | SEM        |
mcv                    | fL               | *   | 18       |           |          |        | 80   | 100  | interval       | unverified |
mch                    | pg               | *   | 18       |           |          |        | 27   | 34   | interval       | unverified |
mchc                   | g/L              | *   | 18       |           |          |        | 320  | 360  | interval       | unverified |
glucose                | mmol/L           | *   | 18       |           |          |        | 3.9  | 5.8  | interval       | GB9        | fasting
glucose                | mmol/L           | *   | 18       |           |          |        |      | 6.1  | decision-limit | unverified | screening: from here a risk factor
hba1c                  | %                | *   | 18       |           |          |        |      | 6.0  | decision-limit | unverified | diagnostic from 6.5 %
creatinine             | umol/L           | M   | 18       |           |          |        | 62   | 106  | interval       | CR         |
creatinine             | umol/L           | F   | 18       |           |          |        | 44   | 80   | interval       | CR         |
urea                   | mmol/L           | *   | 18       |           |          |        | 2.5  | 8.32 | interval       | GB9        |
urate                  | umol/L           | M   | 18       |           |          |        | 214  | 458  | interval       | GB9        |
urate                  | umol/L           | F   | 18       |           |          |        | 149  | 405  | interval       | GB9        |
bilirubin-total        | umol/L           | *   | 18       |           |          |        | 5.0  | 21.0 | interval       | GB9        |
bilirubin-direct       | umol/L           | *   | 18       |           |          |        |      | 3.4  | interval       | GB9        |
bilirubin-indirect     | umol/L           | *   | 18       |           |          |        |      | 17.0 | interval       | GP1        |
protein-total          | g/L              | *   | 18       |           |          |        | 65   | 85   | interval       | GB9        |
albumin                | g/L              | *   | 18       |           |          |        | 35   | 50   | interval       | GB9        |
alt                    | U/L              | *   | 18       |           |          |        |      | 37   | interval       | GB9        |
ast                    | U/L              | *   | 18       |           |          |        |      | 37   | interval       | GB9        |
alp                    | U/L              | M   | 18       |           |          |        | 41   | 137  | interval       | GB9        | by method
alp                    | U/L              | F   | 18       |           |          |        | 39   | 118  | interval       | GB9        | by method
alp                    | U/L              | *   |          | 16        |          |        |      | 360  | interval       | GB9        | by method
ggt                    | U/L              | M   | 18       |           |          |        |      | 50   | interval       | GB9        |
ggt                    | U/L              | F   | 18       |           |          |        |      | 32   | interval       | GB9        |
ldh                    | U/L              | *   | 18       |           |          |        | 195  | 450  | interval       | GB9        | by method; not comparable across methods
amylase                | U/L              | *   | 18       |           |          |        |      | 100  | interval       | GB9        |
cholesterol            | mmol/L           | *   | 18       |           |          |        |      | 5.2  | decision-limit | GB9        | lower risk below
ldl-cholesterol        | mmol/L           | *   | 18       |           |          |        |      | 2.6  | decision-limit | MSD        | the target depends on the risk class
hdl-cholesterol        | mmol/L           | M   | 18       |           |          |        | 1.0  |      | decision-limit | MSD        | lower risk above
hdl-cholesterol        | mmol/L           | F   | 18       |           |          |        | 1.3  |      | decision-limit | MSD        | lower risk above
triglycerides          | mmol/L           | *   | 18       |           |          |        |      | 2.3  | decision-limit | GP1        |
crp                    | mg/L             | *   | 18       |           |          |        |      | 6    | interval       | GB9        |
iron                   | umol/L           | *   | 18       |           |          |        | 9.5  | 30.0 | interval       | GB9        |
tibc                   | umol/L           | *   | 18       |           |          |        | 45.3 | 77.1 | interval       | FE         |
potassium              | mmol/L           | *   | 18       |           |          |        | 3.5  | 5.3  | interval       | GB9        |
sodium                 | mmol/L           | *   | 18       |           |          |        | 135  | 148  | interval       | GB9        |
chloride               | mmol/L           | *   | 18       |           |          |        | 98   | 107  | interval       | GB9        |
calcium                | mmol/L           | *   | 18       |           |          |        | 2.15 | 2.55 | interval       | GB9        |
phosphate              | mmol/L           | *   | 18       |           |          |        | 0.87 | 1.45 | interval       | GB9        |
magnesium              | mmol/L           | *   | 18       |           |          |        | 0.65 | 1.05 | interval       | CLD        |
aptt                   | s                | *   | 18       |           |          |        | 25   | 35   | interval       | GB9        | by reagent
prothrombin-activity   | %                | *   | 18       |           |          |        | 70   | 130  | interval       | GB9        |
inr                    | 1                | *   | 18       |           |          |        | 0.7  | 1.2  | interval       | GB9        |
thrombin-time          | s                | *   | 18       |           |          |        | 14   | 17   | interval       | GB9        |
fibrinogen             | g/L              | *   | 18       |           |          |        | 2.0  | 4.0  | interval       | GB9        |
psa-total              | ng/mL            | M   | 18       |           |          |        |      | 4.0  | interval       | GB9        |
systolic-pressure      | mm[Hg]           | *   | 18       |           |          |        |      | 140  | decision-limit | unverified | hypertension from here
diastolic-pressure     | mm[Hg]           | *   | 18       |           |          |        |      | 90   | decision-limit | unverified | hypertension from here
tsh                    | m[iU]/L          | *   | 18       |           |          |        | 0.4  | 4.0  | interval       | unverified |
albumin-creatinine     | mg/mmol          | *   | 18       |           |          |        |      | 3    | decision-limit | unverified | CKD A1 below
egfr                   | mL/min/{1.73_m2} | *   | 18       |           |          |        | 90   |      | decision-limit | unverified | CKD G1 from here
`

const { rows, problems } = loadRanges(STARTER_TABLE.trim().replaceAll(/ *\| */g, '\t'))
if (problems.length) throw new TypeError(JSON.stringify(problems))

/** ours, in unified units, before a laboratory's own */
export const STARTER_RANGES: readonly RangeRow[] = rows
