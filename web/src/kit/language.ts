/** The language of the pages: kept by the browser, the browser's own at first. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './words-en.ts'
import { ru } from './words-ru.ts'

const KEPT = 'sluice-language'
export const languages = ['ru', 'en'] as const
const initial = localStorage.getItem(KEPT) ?? (navigator.language.startsWith('ru') ? 'ru' : 'en')

void i18next.use(initReactI18next).init({
  lng: initial,
  fallbackLng: 'en',
  resources: { en: { translation: en }, ru: { translation: ru } },
  interpolation: { escapeValue: false },
})
document.documentElement.lang = initial

export function speak(language: string): void {
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language
  void i18next.changeLanguage(language)
}
