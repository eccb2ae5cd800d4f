// A photo small enough for a poor network: at most 2048 px, JPEG, without the camera's metadata.
const MOST_PX = 2048;
const SMALL_BYTES = 400_000;
const QUALITY = 0.82;

/** Return a smaller copy of an image file; the file itself when it is small already or cannot be drawn here. */
export async function shrunk(file) {
  let drawn;
  try {
    drawn = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file; // Some phones' formats cannot be drawn here; the server can read them.
  }
  const share = Math.min(1, MOST_PX / Math.max(drawn.width, drawn.height));
  if (share === 1 && file.size <= SMALL_BYTES && file.type === "image/jpeg") return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(drawn.width * share);
  canvas.height = Math.round(drawn.height * share);
  canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
  drawn.close();
  const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return made && (made.size < file.size || file.type !== "image/jpeg") ? made : file;
}

/** Return when a photo was taken, ms: the file's own time when it can be true (within a day, not to come), else now. */
export function takenAt(file, now = Date.now()) {
  const said = file.lastModified || now;
  return said <= now && now - said < 86_400_000 ? said : now;
}
