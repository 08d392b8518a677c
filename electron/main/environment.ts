import * as z from 'zod/mini'

const demoSignInSchema = z.strictObject({
  server: z.string().check(z.maxLength(300)),
  login: z.string().check(z.maxLength(100)),
  password: z.string().check(z.maxLength(200)),
})

/** What the app takes from environment variables; all of it optional. */
export type Environment = {
  /** NARYAD_DEMO_SIGN_IN, JSON: sign in at once. */
  demoSignIn: z.infer<typeof demoSignInSchema> | undefined
  /** NARYAD_SCREENSHOT: write a picture of the drawn window to this file. */
  screenshotPath: string | undefined
  /** ELECTRON_RENDERER_URL: the development server to load the page from; never in a packaged app. */
  developmentUrl: string | undefined
}

/** Undefined also for what is damaged: a broken variable must not keep the app from starting. */
function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

export function readEnvironment(variables: NodeJS.ProcessEnv, isPackaged: boolean): Environment {
  const demoSignIn = z.safeParse(demoSignInSchema, parseJson(variables['NARYAD_DEMO_SIGN_IN']))
  return {
    demoSignIn: demoSignIn.success ? demoSignIn.data : undefined,
    screenshotPath: variables['NARYAD_SCREENSHOT'] || undefined,
    developmentUrl: isPackaged ? undefined : variables['ELECTRON_RENDERER_URL'] || undefined,
  }
}
