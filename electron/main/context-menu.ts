import type { MenuItemConstructorOptions } from 'electron'
import type { Texts } from './texts.ts'

/** What was under the pointer; a part of Electron's ContextMenuParams. */
export type ContextTarget = {
  isEditable: boolean
  selectionText: string
  linkURL: string
  editFlags: { canCut: boolean; canCopy: boolean; canPaste: boolean; canSelectAll: boolean }
}

/** Empty where there is nothing to offer. */
export function contextMenu(
  target: ContextTarget,
  texts: Texts,
  copyText: (text: string) => Promise<void>,
): MenuItemConstructorOptions[] {
  const { editFlags } = target
  const copy: MenuItemConstructorOptions = { role: 'copy', label: texts.copy, enabled: editFlags.canCopy }
  if (target.isEditable)
    return [
      { role: 'cut', label: texts.cut, enabled: editFlags.canCut },
      copy,
      { role: 'paste', label: texts.paste, enabled: editFlags.canPaste },
      { type: 'separator' },
      { role: 'selectAll', label: texts.selectAll, enabled: editFlags.canSelectAll },
    ]
  return [
    ...(target.selectionText.trim() === '' ? [] : [copy]),
    ...(target.linkURL === '' ? [] : [{ label: texts.copyLink, click: () => void copyText(target.linkURL) }]),
  ]
}
