/**
 * What the app has stored so far, counted in its IndexedDB by the page itself.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{ rooms: number, messages: number }>}
 */
export function stored(page) {
  return page.evaluate(async () => {
    /**
     * @template Value
     * @param {IDBRequest<Value>} request
     * @returns {Promise<Value>}
     */
    const answer = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '')
    const replicaName = names.find((name) => /^naryad-.*-replica-/.test(name))
    const messagesName = names.find((name) => name.endsWith('--messages'))
    if (!replicaName || !messagesName) return { rooms: 0, messages: 0 }
    const [replica, rows] = await Promise.all([
      answer(indexedDB.open(replicaName)),
      answer(indexedDB.open(messagesName)),
    ])
    try {
      if (!replica.objectStoreNames.contains('docs') || !rows.objectStoreNames.contains('docs'))
        return { rooms: 0, messages: 0 }
      const [rooms, messages] = await Promise.all([
        answer(replica.transaction('docs').objectStore('docs').count()),
        answer(rows.transaction('docs').objectStore('docs').count()),
      ])
      return { rooms, messages }
    } finally {
      replica.close()
      rows.close()
    }
  })
}
