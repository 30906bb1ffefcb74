// Text chunks of PNG files (W3C PNG, sections 11.3.3.2 to 11.3.3.4).

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(bytes) {
  return SIGNATURE.every((byte, at) => bytes[at] === byte);
}

/** The text under a keyword in a PNG's tEXt, zTXt and iTXt chunks, or null. */
export async function pngText(bytes, keyword) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = latin1(bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (['tEXt', 'zTXt', 'iTXt'].includes(type)) {
      const end = body.indexOf(0);
      if (latin1(body.subarray(0, end)) === keyword) {
        return textOf(type, body, end);
      }
    }
    at += 12 + length;
  }
  return null;
}

async function textOf(type, body, end) {
  if (type === 'tEXt') {
    return latin1(body.subarray(end + 1));
  }
  if (type === 'zTXt') {
    return latin1(await inflate(body.subarray(end + 2)));
  }
  // Keyword, compression flag and method, language, translated keyword, text.
  const language = body.indexOf(0, end + 3);
  const text = body.subarray(body.indexOf(0, language + 1) + 1);
  return new TextDecoder().decode(body[end + 1] === 1 ? await inflate(text) : text);
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function latin1(bytes) {
  // TextDecoder's "latin1" is windows-1252, which differs between 0x80 and 0x9f.
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}
