import type { OpenDialogOptions } from 'electron'
import type { Texts } from '../texts.ts'

const photoExtensions = ['jpg', 'jpeg', 'jfif', 'png', 'webp', 'heic', 'heif']
const videoExtensions = ['mp4', 'm4v', 'mov', 'webm']

/** On Linux a filter tells capital letters from small ones, and cameras write capitals. */
function inBothCases(extensions: readonly string[]): string[] {
  return extensions.flatMap((extension) => [extension, extension.toUpperCase()])
}

/** The system's dialog for photos and videos. What is picked is judged by its content; HEIC is offered to be refused by name. */
export function pickOptions(texts: Texts): OpenDialogOptions {
  return {
    title: texts.attachFiles,
    buttonLabel: texts.attach,
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: texts.photosAndVideos, extensions: inBothCases([...photoExtensions, ...videoExtensions]) },
      { name: texts.photos, extensions: inBothCases(photoExtensions) },
      { name: texts.videos, extensions: inBothCases(videoExtensions) },
    ],
  }
}
