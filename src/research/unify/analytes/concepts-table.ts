/**
 * The analytes we know: one row a concept. Unified unit | specimen (B blood and what is made of it, U urine, * any) |
 * LOINC codes with their property, the one of the unified unit first | what connects other units to the unified one |
 * English | Russian (the name in FSLI where there is one) | other names and analysers' codes.
 * LOINC codes © Regenstrief Institute, Inc. (docs/unification.md).
 */
export const CONCEPTS_TABLE = `
leukocytes            | 10*9/L  | B | 6690-2:NCnc 26464-8:NCnc 804-5:NCnc |  | Leukocytes | Лейкоциты | WBC; ЛЕЙК; White blood cells; Leukocyte count
erythrocytes          | 10*12/L | B | 789-8:NCnc 26453-1:NCnc |  | Erythrocytes | Эритроциты | RBC; ЭРИТ; Red blood cells
hemoglobin            | g/L     | B | 718-7:MCnc 20509-6:MCnc 59260-0:SCnc |  | Hemoglobin | Гемоглобин | HGB; HB; Hb; ГЕМ; Haemoglobin; Гемоглобин общий
hematocrit            | 1       | B | 4544-3:VFr 20570-8:VFr 71833-8:VFr |  | Hematocrit | Гематокрит | HCT; Ht; Haematocrit
mcv                   | fL      | B | 787-2:EntVol 30428-7:EntVol |  | MCV | Средний объем эритроцита | Mean corpuscular volume; Средний объем эритроцитов
mch                   | pg      | B | 785-6:EntMass 28539-5:EntMass |  | MCH | Среднее содержание гемоглобина в эритроците | Mean corpuscular hemoglobin; Среднее содержание Hb в эритроците
mchc                  | g/L     | B | 786-4:MCnc 28540-3:MCnc |  | MCHC | Средняя концентрация гемоглобина в эритроците | Mean corpuscular hemoglobin concentration; Средняя концентрация Hb в эритроците; Средняя концентрация гемоглобина в эритроцитах
rdw-cv                | 1       | B | 788-0:Ratio 30385-9:Ratio |  | RDW-CV | Ширина распределения эритроцитов, коэффициент вариации | RDW; RDWCV; RDW-CV
rdw-sd                | fL      | B | 21000-5:EntVol 30384-2:EntVol |  | RDW-SD | Ширина распределения эритроцитов, стандартное отклонение | RDWSD; RDW-SD
platelets             | 10*9/L  | B | 777-3:NCnc 26515-7:NCnc |  | Platelets | Тромбоциты | PLT; ТРОМБ; Platelet count
mpv                   | fL      | B | 32623-1:EntVol 28542-9:EntVol |  | MPV | Средний объем тромбоцита | Mean platelet volume; Средний объем тромбоцитов
pdw                   | fL      | B | 32207-3:EntVol 51631-0:EntVol |  | PDW | Ширина распределения тромбоцитов | Platelet distribution width
plateletcrit          | 1       | B | 51637-7:VFr |  | Plateletcrit | Тромбокрит | PCT
neutrophils           | 10*9/L  | B | 751-8:NCnc 26499-4:NCnc |  | Neutrophils | Нейтрофилы, абсолютное число | NEU#; NE#; NEUT#; Gran#; GRA#; Нейтрофилы; NEUT; NEU; Neutrophils
neutrophils-fraction  | 1       | B | 770-8:NFr 26511-6:NFr |  | Neutrophils/100 leukocytes | Нейтрофилы, доля | NEU%; NE%; NEUT%; Gran%; GRA%; Нейтрофилы; NEUT; NEU; Neutrophils
lymphocytes           | 10*9/L  | B | 731-0:NCnc 26474-7:NCnc |  | Lymphocytes | Лимфоциты, абсолютное число | LYM#; LY#; LYMPH#; Лимфоциты; LYM; LYMPH; Lymphocytes; LY
lymphocytes-fraction  | 1       | B | 736-9:NFr 26478-8:NFr |  | Lymphocytes/100 leukocytes | Лимфоциты, доля | LYM%; LY%; LYMPH%; Лимфоциты; LYM; LYMPH; Lymphocytes; LY; Lmps; lymps
monocytes             | 10*9/L  | B | 742-7:NCnc 26484-6:NCnc |  | Monocytes | Моноциты, абсолютное число | MON#; MO#; MONO#; Моноциты; MONO; MON; Monocytes
monocytes-fraction    | 1       | B | 5905-5:NFr 26485-3:NFr |  | Monocytes/100 leukocytes | Моноциты, доля | MON%; MO%; MONO%; Моноциты; MONO; MON; Monocytes
eosinophils           | 10*9/L  | B | 711-2:NCnc 26449-9:NCnc |  | Eosinophils | Эозинофилы, абсолютное число | EOS#; EO#; Эозинофилы; EOS; Eosinophils
eosinophils-fraction  | 1       | B | 713-8:NFr 26450-7:NFr |  | Eosinophils/100 leukocytes | Эозинофилы, доля | EOS%; EO%; Эозинофилы; EOS; Eosinophils
basophils             | 10*9/L  | B | 704-7:NCnc 26444-0:NCnc |  | Basophils | Базофилы, абсолютное число | BAS#; BA#; BASO#; Базофилы; BASO; BAS; Basophils
basophils-fraction    | 1       | B | 706-2:NFr 30180-4:NFr |  | Basophils/100 leukocytes | Базофилы, доля | BAS%; BA%; BASO%; Базофилы; BASO; BAS; Basophils
mid-cells             | 10*9/L  | B |  |  | Mid-size leukocytes | Клетки среднего размера, абсолютное число | MID#; MXD#; MID
mid-cells-fraction    | 1       | B |  |  | Mid-size leukocytes/100 leukocytes | Клетки среднего размера, доля | MID%; MXD%; MID
bands-fraction        | 1       | B | 764-1:NFr 26508-2:NFr |  | Band neutrophils/100 leukocytes | Нейтрофилы палочкоядерные | Палочкоядерные нейтрофилы; Band neutrophils; п/я
segments-fraction     | 1       | B | 769-0:NFr 32200-8:NFr |  | Segmented neutrophils/100 leukocytes | Нейтрофилы сегментоядерные | Сегментоядерные нейтрофилы; Segmented neutrophils; с/я
reticulocytes-fraction| 1       | B | 17849-1:NFr 4679-7:NFr |  | Reticulocytes/100 erythrocytes | Ретикулоциты | RET%; Reticulocytes/RBC; Reticulocytes
esr                   | mm/h    | B | 30341-2:Vel 4537-7:Vel |  | Erythrocyte sedimentation rate | Скорость оседания эритроцитов | ESR; СОЭ; ROE; РОЭ
glucose               | mol/L   | B | 14749-6:SCnc 15074-8:SCnc 14771-0:SCnc 2345-7:MCnc 2339-0:MCnc 1558-6:MCnc | substance:glucose | Glucose | Глюкоза | GLU; GLUC; ГЛЮК; Глюкоза (диспансеризация); Глюкоза крови
creatinine            | mol/L   | B | 14682-9:SCnc 2160-0:MCnc | substance:creatinine | Creatinine | Креатинин | CREA; CRE; КРЕА; Crea; Креатинин крови
urea                  | mol/L   | B | 22664-7:SCnc 3091-6:MCnc | substance:urea | Urea | Мочевина | UREA; URE; МОЧЕВ; Мочевина крови
urea-nitrogen         | mol/L   | B | 14937-7:SCnc 3094-0:MCnc | substance:urea-nitrogen | Urea nitrogen | Азот мочевины | BUN
urate                 | mol/L   | B | 14933-6:SCnc 3084-1:MCnc | substance:urate | Urate | Мочевая кислота | UA; URIC; Uric acid; МОЧК
bilirubin-total       | mol/L   | B | 14631-6:SCnc 1975-2:MCnc | substance:bilirubin | Bilirubin total | Билирубин общий | TBIL; BILT; T-BIL; Total bilirubin; БИЛО; Bilirubin.total
bilirubin-direct      | mol/L   | B | 14629-0:SCnc 1968-7:MCnc | substance:bilirubin | Bilirubin direct | Билирубин прямой | DBIL; BILD; D-BIL; Direct bilirubin; БИЛП
bilirubin-indirect    | mol/L   | B | 14630-8:SCnc 1971-1:MCnc | substance:bilirubin | Bilirubin indirect | Билирубин непрямой | IBIL
protein-total         | g/L     | B | 2885-2:MCnc |  | Protein total | Общий белок | TP; Белок общий; Total protein
albumin               | g/L     | B | 1751-7:MCnc |  | Albumin | Альбумин | ALB
alt                   | U/L     | B | 1742-6:CCnc 1743-4:CCnc 1744-2:CCnc | iu:1 | Alanine aminotransferase | Аланинаминотрансфераза | ALT; ALAT; АЛТ; АлАТ; GPT; SGPT; АЛАТ
ast                   | U/L     | B | 1920-8:CCnc 30239-8:CCnc | iu:1 | Aspartate aminotransferase | Аспартатаминотрансфераза | AST; ASAT; АСТ; АсАТ; GOT; SGOT; АСАТ
alp                   | U/L     | B | 6768-6:CCnc | iu:1 | Alkaline phosphatase | Щелочная фосфатаза | ALP; ЩФ; AP
ggt                   | U/L     | B | 2324-2:CCnc | iu:1 | Gamma glutamyl transferase | Гамма-глутамилтрансфераза | GGT; ГГТ; ГГТП; GGTP; γ-GT; Гамма-ГТ
ldh                   | U/L     | B | 2532-0:CCnc 14804-9:CCnc 14805-6:CCnc | iu:1 | Lactate dehydrogenase | Лактатдегидрогеназа | LDH; ЛДГ
amylase               | U/L     | B | 1798-8:CCnc | iu:1 | Amylase | Амилаза | AMY; Альфа-амилаза; α-амилаза; АМИЛ
lipase                | U/L     | B | 3040-3:CCnc | iu:1 | Lipase | Липаза | LIP
creatine-kinase       | U/L     | B | 2157-6:CCnc | iu:1 | Creatine kinase | Креатинкиназа | CK; КФК; CPK; КК; Креатинфосфокиназа
ck-mb-activity        | U/L     | B | 32673-6:CCnc | iu:1 | Creatine kinase MB, activity | Креатинкиназа-MB, активность | CK-MB; КФК-МВ; КК-МВ; Креатинкиназа-MB
ck-mb-mass            | g/L     | B | 13969-1:MCnc |  | Creatine kinase MB, mass | Креатинкиназа-MB, масса | CK-MB; КФК-МВ; КК-МВ; Креатинкиназа-MB; CK-MB mass
cholesterol           | mol/L   | B | 14647-2:SCnc 2093-3:MCnc | substance:cholesterol | Cholesterol | Холестерин | CHOL; CHO; TC; Холестерин общий; ХС общий; Total cholesterol; ХОЛ
ldl-cholesterol       | mol/L   | B | 22748-8:SCnc 39469-2:SCnc 2089-1:MCnc 13457-7:MCnc | substance:cholesterol | LDL cholesterol | Холестерин в ЛПНП | LDL; LDL-C; ЛПНП; ХС ЛНП; ХС ЛПНП; Холестерин ЛПНП; Холестерин липопротеинов низкой плотности
hdl-cholesterol       | mol/L   | B | 14646-4:SCnc 2085-9:MCnc | substance:cholesterol | HDL cholesterol | Холестерин в ЛПВП | HDL; HDL-C; ЛПВП; ХС ЛВП; ХС ЛПВП; Холестерин ЛПВП; Холестерин липопротеинов высокой плотности
triglycerides         | mol/L   | B | 14927-8:SCnc 2571-8:MCnc | substance:triglycerides | Triglycerides | Триглицериды | TG; TRIG; ТГ; Триглицерид
crp                   | g/L     | B | 1988-5:MCnc 30522-7:MCnc |  | C-reactive protein | С-реактивный белок | CRP; СРБ; hsCRP; C reactive protein
iron                  | mol/L   | B | 14798-3:SCnc 2498-4:MCnc | substance:iron | Iron | Железо | FE; Fe; IRON; Железо сыворотки
tibc                  | mol/L   | B | 14800-7:SCnc 2500-7:MCnc | substance:iron | Iron binding capacity | Железосвязывающая способность общая | TIBC; ОЖСС
ferritin              | g/L     | B | 2276-4:MCnc 20567-4:MCnc |  | Ferritin | Ферритин | FERR; FER
transferrin           | g/L     | B | 3034-6:MCnc |  | Transferrin | Трансферрин | TRF; TRSF
potassium             | mol/L   | B | 2823-3:SCnc 6298-4:SCnc | substance:potassium charge:1 | Potassium | Калий | K; K+; КАЛИЙ
sodium                | mol/L   | B | 2951-2:SCnc 2947-0:SCnc | substance:sodium charge:1 | Sodium | Натрий | NA; Na; Na+
chloride              | mol/L   | B | 2075-0:SCnc 2069-3:SCnc | substance:chloride charge:1 | Chloride | Хлориды | CL; Cl; Cl-; Хлорид; Хлор
calcium               | mol/L   | B | 2000-8:SCnc 17861-6:MCnc | substance:calcium charge:2 | Calcium | Кальций | CA; Ca; Кальций общий; Calcium total
calcium-ionized       | mol/L   | B | 1995-0:SCnc 1994-3:SCnc | substance:calcium charge:2 | Calcium ionized | Кальций ионизированный | ICA; iCa; Ca++; Ca2+
phosphate             | mol/L   | B | 14879-1:SCnc 2777-1:MCnc | substance:phosphate | Phosphate | Фосфат | PHOS; P; Фосфор; Фосфор неорганический; IP
magnesium             | mol/L   | B | 2601-3:SCnc 19123-9:MCnc | substance:magnesium charge:2 | Magnesium | Магний | MG; Mg
bicarbonate           | mol/L   | B | 1963-8:SCnc 1959-6:SCnc | charge:1 | Bicarbonate | Бикарбонат | HCO3; HCO3-
copper                | mol/L   | B | 5631-7:MCnc | substance:copper | Copper | Медь | CU; Cu
zinc                  | mol/L   | B | 5763-8:MCnc | substance:zinc | Zinc | Цинк | ZN; Zn
lithium               | mol/L   | B | 14334-7:SCnc 3719-2:MCnc | substance:lithium charge:1 | Lithium | Литий | LI; Li
lactate               | mol/L   | B | 2524-7:SCnc 32693-4:SCnc | substance:lactate | Lactate | Лактат | LAC; Lac; Молочная кислота
ammonia               | mol/L   | B | 16362-6:MCnc | substance:ammonia | Ammonia | Аммиак | NH3; AMM
creatine              | mol/L   | B |  | substance:creatine | Creatine | Креатин | Creatine
homocysteine          | mol/L   | B | 13965-9:SCnc | substance:homocysteine | Homocysteine | Гомоцистеин | HCY; Hcys
acetone               | mol/L   | * |  | substance:acetone | Acetone | Ацетон | Acetone
citrate               | mol/L   | * |  | substance:citrate | Citrate | Цитрат | Citrate; Лимонная кислота
ethanol               | mol/L   | B | 5643-2:MCnc | substance:ethanol | Ethanol | Этанол | ETOH; Alcohol; Алкоголь
digoxin               | mol/L   | B | 14698-5:SCnc 10535-3:MCnc | substance:digoxin | Digoxin | Дигоксин | DIG
aptt                  | s       | B | 14979-9:Time 3173-2:Time |  | Activated partial thromboplastin time | Активированное частичное тромбопластиновое время | APTT; aPTT; АЧТВ; PTT; АПТВ
prothrombin-time      | s       | B | 5902-2:Time |  | Prothrombin time | Протромбиновое время | PT; ПВ; ПТВ; PT-s
prothrombin-activity  | 1       | B | 5894-1:RelTime |  | Prothrombin activity | Протромбин по Квику | PT%; ПТИ; PT activity; Протромбин (по Квику); Quick
inr                   | 1       | B | 6301-6:RelTime 34714-6:RelTime | only:1 | INR | Международное нормализованное отношение | INR; МНО
thrombin-time         | s       | B | 3243-3:Time |  | Thrombin time | Тромбиновое время | TT; ТВ
fibrinogen            | g/L     | B | 3255-7:MCnc |  | Fibrinogen | Фибриноген | FIB; FG; FGN; ФИБ
d-dimer-feu           | g/L     | B | 48065-7:MCnc |  | D-dimer, fibrinogen equivalent units | Д-димер, FEU | D-dimer FEU
d-dimer-ddu           | g/L     | B | 48066-5:MCnc |  | D-dimer, D-dimer units | Д-димер, DDU | D-dimer DDU
hba1c                 | 1       | B | 4548-4:MFr 17856-6:MFr | only:% only:1 | Hemoglobin A1c, NGSP | Гемоглобин А1с | HBA1C; HbA1c; A1C; Гликированный гемоглобин; Гликозилированный гемоглобин
hba1c-ifcc            | mmol/mol| B | 59261-8:SFr | only:mmol/mol | Hemoglobin A1c, IFCC | Гемоглобин А1с, IFCC | HBA1C; HbA1c; A1C; Гликированный гемоглобин; HbA1c IFCC
psa-total             | g/L     | B | 2857-1:MCnc |  | Prostate specific antigen | Простатический специфический антиген общий | PSA; ПСА; ПСА общий; tPSA; PSA total
psa-free              | g/L     | B | 10886-0:MCnc |  | Prostate specific antigen, free | Простатический специфический антиген свободный | fPSA; ПСА свободный; PSA free
troponin-i            | g/L     | B | 10839-9:MCnc 89579-7:MCnc |  | Troponin I | Тропонин I | TNI; cTnI; hsTnI; Тропонин I высокочувствительный
troponin-t            | g/L     | B | 6598-7:MCnc 67151-1:MCnc |  | Troponin T | Тропонин T | TNT; cTnT; hsTnT; Тропонин T высокочувствительный
nt-probnp             | g/L     | B | 33762-6:MCnc |  | NT-proBNP | Натрийуретический пептид B прогормон N-концевой пептид | NT-proBNP; NTproBNP
bnp                   | g/L     | B | 30934-4:MCnc |  | BNP | Натрийуретический пептид B | BNP
procalcitonin         | g/L     | B | 33959-8:MCnc |  | Procalcitonin | Прокальцитонин | PCT; ПКТ
tsh                   | m[iU]/L | B | 3016-3:ACnc 11580-8:ACnc | arbitrary | Thyrotropin | Тиреотропный гормон | TSH; ТТГ; Тиреотропин
thyroxine-free        | mol/L   | B | 14920-3:SCnc 3024-7:MCnc | substance:thyroxine | Thyroxine free | Тироксин свободный | FT4; Т4 св; Т4 свободный; T4 св.; Free T4; св. Т4; св.Т4
thyroxine             | mol/L   | B | 14921-1:SCnc 3026-2:MCnc | substance:thyroxine | Thyroxine | Тироксин | T4; Т4 общий; Т4; TT4
triiodothyronine-free | mol/L   | B | 14928-6:SCnc 3051-0:MCnc | substance:triiodothyronine | Triiodothyronine free | Трийодтиронин свободный | FT3; Т3 св; Т3 свободный; Free T3; св. Т3
triiodothyronine      | mol/L   | B | 14930-2:SCnc 3053-6:MCnc | substance:triiodothyronine | Triiodothyronine | Трийодтиронин | T3; Т3 общий; Т3; TT3
cortisol              | mol/L   | B | 14675-3:SCnc 2143-6:MCnc | substance:cortisol | Cortisol | Кортизол | CORT
aldosterone           | mol/L   | B | 1763-2:MCnc | substance:aldosterone | Aldosterone | Альдостерон | ALDO
testosterone          | mol/L   | B | 14913-8:SCnc 2986-8:MCnc | substance:testosterone | Testosterone | Тестостерон | TEST; TESTO; Тестостерон общий
estradiol             | mol/L   | B | 14715-7:SCnc 2243-4:MCnc | substance:estradiol | Estradiol | Эстрадиол | E2
progesterone          | mol/L   | B | 14890-8:SCnc 2839-9:MCnc | substance:progesterone | Progesterone | Прогестерон | PROG; PRG
dhea                  | mol/L   | B |  | substance:dhea | Dehydroepiandrosterone | Дегидроэпиандростерон | DHEA; ДГЭА
androstenedione       | mol/L   | B | 1854-9:MCnc | substance:androstenedione | Androstenedione | Андростендион | Androstenedione
lh                    | [iU]/L  | B | 10501-5:ACnc | arbitrary | Lutropin | Лютеинизирующий гормон | LH; ЛГ
fsh                   | [iU]/L  | B | 15067-2:ACnc | arbitrary | Follitropin | Фолликулостимулирующий гормон | FSH; ФСГ
hcg                   | [iU]/L  | B | 21198-7:ACnc | arbitrary | Choriogonadotropin, beta | Хорионический гонадотропин | hCG; ХГЧ; bHCG; β-ХГЧ
insulin               | mol/L   | B | 14796-7:SCnc 20448-7:ACnc | insulin | Insulin | Инсулин | INS; ИРИ
vitamin-d             | mol/L   | B | 14635-7:SCnc 1989-3:MCnc 62292-8:MCnc | substance:calcidiol | 25-hydroxyvitamin D | Витамин D, 25-гидрокси | 25-OH vitamin D; 25(OH)D; 25-OH витамин D; 25-ОН витамин D; Витамин D; VITD
vitamin-b12           | mol/L   | B | 14685-2:SCnc 2132-9:MCnc | substance:cobalamin | Vitamin B12 | Витамин B12 | B12; VB12; Витамин В12; Цианокобаламин; Cobalamins
folate                | mol/L   | B | 14732-2:SCnc 2284-8:MCnc | substance:folate | Folate | Фолат | FOL; Фолиевая кислота; Витамин В9
egfr                  | mL/min/{1.73_m2} | B | 98979-8:VRat 62238-1:VRat 33914-3:VRat |  | Glomerular filtration rate | Скорость клубочковой фильтрации | eGFR; рСКФ; СКФ; GFR
albumin-creatinine    | g/mol   | U | 14585-4:Rto |  | Albumin/creatinine | Альбумин/креатинин мочи | ACR; Urine ACR; Альбумин-креатининовое соотношение
blood-ph              | [pH]    | B | 2744-1:LsCnc 11558-4:LsCnc | only:[pH] | pH of blood | pH крови | pH; PH; рН
pco2                  | Pa      | B | 2019-8:Pres 11557-6:Pres |  | Carbon dioxide partial pressure | Парциальное давление диоксида углерода | PCO2; pCO2
po2                   | Pa      | B | 2703-7:Pres 11556-8:Pres |  | Oxygen partial pressure | Парциальное давление кислорода | PO2; pO2
systolic-pressure     | Pa      | * | 8480-6:Pres |  | Systolic blood pressure | Систолическое артериальное давление | АД систолическое; Systolic BP; SBP; САД; MDC_PRESS_BLD_NONINV_SYS; MDC_PRESS_BLD_SYS; NIBP-S
diastolic-pressure    | Pa      | * | 8462-4:Pres |  | Diastolic blood pressure | Диастолическое артериальное давление | АД диастолическое; Diastolic BP; DBP; ДАД; MDC_PRESS_BLD_NONINV_DIA; MDC_PRESS_BLD_DIA; NIBP-D
heart-rate            | /min    | * | 8867-4:NRat |  | Heart rate | Частота сердечных сокращений | HR; ЧСС; Пульс; MDC_ECG_HEART_RATE; MDC_PULS_RATE
respiratory-rate      | /min    | * | 9279-1:NRat |  | Respiratory rate | Частота дыхательных движений | RR; ЧДД; MDC_RESP_RATE
oxygen-saturation     | 1       | * | 59408-5:MFr 2708-6:MFr |  | Oxygen saturation | Насыщение крови кислородом | SpO2; SO2; Сатурация; MDC_PULS_OXIM_SAT_O2
body-temperature      | K       | * | 8310-5:Temp |  | Body temperature | Температура тела | TEMP; Температура; MDC_TEMP; MDC_TEMP_BODY
body-height           | m       | * | 8302-2:Len |  | Body height | Рост | Height; Рост тела; MDC_LEN_BODY_ACTUAL
body-weight           | kg      | * | 29463-7:Mass |  | Body weight | Масса тела | Weight; Вес; Вес тела; MDC_MASS_BODY_ACTUAL
body-mass-index       | kg/m2   | * | 39156-5:Ratio |  | Body mass index | Индекс массы тела | BMI; ИМТ
hbsag                 | ordinal | B | 5195-3:PrThr 5196-1:PrThr |  | Hepatitis B surface antigen | Антиген вируса гепатита B поверхностный | HBsAg; HBSAG
anti-hcv              | ordinal | B | 16128-1:PrThr |  | Hepatitis C antibodies | Антитела к вирусу гепатита C | anti-HCV; Анти-HCV; HCV Ab
hiv-ag-ab             | ordinal | B | 56888-1:PrThr |  | HIV 1+2 antibodies and p24 antigen | Антитела к ВИЧ 1,2 и антиген p24 | HIV Ag/Ab; ВИЧ; HIV
`
