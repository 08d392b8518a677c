import type { LaunchedApp } from './launch-app.ts'

/**
 * Runs the body of an asynchronous function in the page and answers what it returns. It gets a task of its own, for what the
 * debugger runs at once is not held back by the policy for content. Errors arrive as their text.
 */
export function runInPage<Answer>(desk: LaunchedApp, code: string): Promise<Answer> {
  return desk.page.evaluate(`new Promise((fulfil, reject) => setTimeout(() =>
    (async () => { ${code} })().then(fulfil, (error) => reject(new Error(String(error)))), 0))`)
}

/** Everything in the databases of the page and its workers, as one text. */
export function storedInPage(desk: LaunchedApp): Promise<string> {
  return runInPage(
    desk,
    `const answerOf = (request) => new Promise((fulfil, reject) => {
       request.onsuccess = () => fulfil(request.result)
       request.onerror = () => reject(request.error)
     })
     let text = ''
     for (const { name } of await indexedDB.databases()) {
       const database = await answerOf(indexedDB.open(name))
       for (const store of database.objectStoreNames) {
         const rows = await answerOf(database.transaction(store).objectStore(store).getAll())
         text += JSON.stringify(rows, (_key, value) =>
           ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value instanceof Map ? [...value] : value)
       }
       database.close()
     }
     return text`,
  )
}
