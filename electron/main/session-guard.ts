import type { Session } from 'electron'

/** Whether camera and microphone may be used at this moment: between the opening and the closing of the page's own dialog. */
export type CameraUse = {
  set(inUse: boolean): void
  isAllowed(): boolean
}

export function createCameraUse(): CameraUse {
  let isInUse = false
  return {
    set: (inUse) => {
      isInUse = inUse
    },
    isAllowed: () => isInUse,
  }
}

type Dependencies = {
  camera: CameraUse
  isOwnPage: (url: string) => boolean
  /** Asks the system, where it has a say of its own. */
  askSystem: (devices: readonly ('camera' | 'microphone')[]) => Promise<boolean>
}

/** Nothing but the camera of the camera dialog is granted: Electron's own answer to every request of a page would be yes. */
export function guardPermissions(session: Session, { camera, isOwnPage, askSystem }: Dependencies): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    // The capture of a screen comes as `media` too, with no types.
    const types = permission === 'media' && 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    const isCamera = types.length > 0 && details.isMainFrame && isOwnPage(details.requestingUrl)
    if (!isCamera || !camera.isAllowed()) return answer(false)
    const devices = types.map((type) => (type === 'video' ? ('camera' as const) : ('microphone' as const)))
    void askSystem(devices).then((isGranted) => answer(isGranted && camera.isAllowed()))
  })
  session.setPermissionCheckHandler(
    (_contents, permission, origin, details) =>
      permission === 'media' && details.isMainFrame && isOwnPage(origin) && camera.isAllowed(),
  )
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
}
