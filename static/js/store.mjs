// Things kept on this device, each under its `key`, in a database of its own name. Private windows and full disks refuse.
//   const within = storeOf("keshet-outbox");   // what a device holds already is under this name: it stays
//   await within("readwrite", (store) => store.put({ key: freshKey(), … }));
const STORE = "entries";
const opened = new Map();

function database(name) {
  if (!opened.has(name)) opened.set(name, open(name));
  return opened.get(name);
}

const open = (name) =>
  new Promise((done, failed) => {
    const asked = indexedDB.open(name, 1);
    asked.addEventListener("upgradeneeded", () => asked.result.createObjectStore(STORE, { keyPath: "key" }));
    asked.addEventListener("success", () => done(asked.result));
    asked.addEventListener("error", () => failed(asked.error));
    asked.addEventListener("blocked", () => failed(new Error("blocked")));
  });

/** Return within(mode, act): calls act(store) in a transaction, gives the result of the request it returns once all is done. */
export const storeOf = (name) =>
  async function within(mode, act) {
    const store = (await database(name)).transaction(STORE, mode, mode === "readwrite" ? { durability: "strict" } : {}).objectStore(STORE);
    const asked = act(store);
    return new Promise((done, failed) => {
      store.transaction.addEventListener("complete", () => done(asked?.result));
      store.transaction.addEventListener("abort", () => failed(store.transaction.error));
    });
  };

/** Return a key that no other entry bears. randomUUID is missing where the page is not served securely. */
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
