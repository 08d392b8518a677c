import type { LaunchedApp } from './launch-app.ts'

/**
 * Runs the body of an asynchronous function in the page and answers what it returns. It gets a task of its own, for what the
 * debugger runs at once is not held back by the policy for content. Errors arrive as their text.
 */
export function runInPage<Answer>(desk: LaunchedApp, code: string): Promise<Answer> {
  return desk.page.evaluate(`new Promise((fulfil, reject) => setTimeout(() =>
    (async () => { ${code} })().then(fulfil, (error) => reject(new Error(String(error)))), 0))`)
}
