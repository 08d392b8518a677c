import type { Language } from '#common/ipc.ts'

/** The few words that the system shows rather than the page. */
export type Texts = {
  edit: string
  undo: string
  redo: string
  cut: string
  copy: string
  copyLink: string
  paste: string
  selectAll: string
  view: string
  zoomIn: string
  zoomOut: string
  resetZoom: string
  fullScreen: string
  developerTools: string
  reload: string
  window: string
  minimize: string
  quit: string
  pageFailed: string
  pageFailedDetail: string
  attachFiles: string
  attach: string
  photosAndVideos: string
  photos: string
  videos: string
  saveAs: string
}

const russian: Texts = {
  edit: 'Правка',
  undo: 'Отменить',
  redo: 'Повторить',
  cut: 'Вырезать',
  copy: 'Копировать',
  copyLink: 'Копировать ссылку',
  paste: 'Вставить',
  selectAll: 'Выделить всё',
  view: 'Вид',
  zoomIn: 'Увеличить',
  zoomOut: 'Уменьшить',
  resetZoom: 'Обычный размер',
  fullScreen: 'Во весь экран',
  developerTools: 'Средства разработчика',
  reload: 'Загрузить снова',
  window: 'Окно',
  minimize: 'Свернуть',
  quit: 'Выйти',
  pageFailed: 'Окно перестало работать',
  pageFailedDetail:
    'То, что вы написали, сохранено. Загрузите окно снова; если не поможет, выйдите и запустите «Наряд» ещё раз.',
  attachFiles: 'Прикрепить фото и видео',
  attach: 'Прикрепить',
  photosAndVideos: 'Фото и видео',
  photos: 'Фото',
  videos: 'Видео',
  saveAs: 'Сохранить как',
}

const english: Texts = {
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  copyLink: 'Copy link',
  paste: 'Paste',
  selectAll: 'Select all',
  view: 'View',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  resetZoom: 'Actual size',
  fullScreen: 'Full screen',
  developerTools: 'Developer tools',
  reload: 'Reload',
  window: 'Window',
  minimize: 'Minimize',
  quit: 'Quit',
  pageFailed: 'The window stopped working',
  pageFailedDetail: 'What you wrote is safe. Reload the window; if that does not help, quit and start Naryad again.',
  attachFiles: 'Attach photos and videos',
  attach: 'Attach',
  photosAndVideos: 'Photos and videos',
  photos: 'Photos',
  videos: 'Videos',
  saveAs: 'Save as',
}

export function textsOf(language: Language): Texts {
  return language === 'ru' ? russian : english
}
