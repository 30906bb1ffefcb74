// The websocket: connects, stays connected, and takes its frames apart.
import { parseJson } from './json.js';
import { clientId } from './server.js';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10000;
const PREVIEW = 1;
const TEXT = 3;
const PREVIEW_WITH_METADATA = 4;

/**
 * Calls `handlers[type](data)` for each message, `handlers.preview({metadata, blob})` for pictures,
 * `handlers.connection(isOpen)` when the connection comes or goes.
 */
export function listen(handlers) {
  let pause = FIRST_PAUSE;
  const connect = () => {
    const url = new URL('ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('clientId', clientId);
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      pause = FIRST_PAUSE;
      socket.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }));
      handlers.connection?.(true);
    };
    socket.onclose = () => {
      handlers.connection?.(false);
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
    socket.onmessage = ({ data }) => {
      const { type, data: content } = typeof data === 'string' ? parseJson(data) : takeApart(data);
      handlers[type]?.(content);
    };
  };
  connect();
}

/** A binary frame as a message: a big-endian type, then what that type says. */
export function takeApart(buffer) {
  const view = new DataView(buffer);
  const utf8 = (from, length) => new TextDecoder().decode(new Uint8Array(buffer, from, length));
  switch (view.getUint32(0)) {
    case PREVIEW:
      return { type: 'preview', data: { metadata: {}, blob: new Blob([buffer.slice(8)], { type: view.getUint32(4) === 2 ? 'image/png' : 'image/jpeg' }) } };
    case PREVIEW_WITH_METADATA: {
      const length = view.getUint32(4);
      const metadata = parseJson(utf8(8, length));
      return { type: 'preview', data: { metadata, blob: new Blob([buffer.slice(8 + length)], { type: metadata.image_type }) } };
    }
    case TEXT: {
      const length = view.getUint32(4);
      return { type: 'progress_text', data: { node: utf8(8, length), text: utf8(8 + length) } };
    }
    default:
      return { type: 'unknown', data: null };
  }
}
