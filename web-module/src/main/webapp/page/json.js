// JSON whose whole numbers stay whole: a seed goes up to 2^64 - 1, where a JavaScript number is already rounded.

const MARK = '\u0001integer:';
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])|-?Infinity|NaN/g;

/** Parses JSON; integers too long for a number become BigInt, NaN and infinities null. */
export function parseJson(text) {
  const marked = text.replace(TOKENS, (token) => {
    if (token.startsWith('"')) {
      return token;
    }
    return /\d/.test(token) ? JSON.stringify(MARK + token) : 'null';
  });
  return JSON.parse(marked, (key, value) => {
    if (typeof value !== 'string' || !value.startsWith(MARK)) {
      return value;
    }
    const integer = BigInt(value.slice(MARK.length));
    return BigInt(Number(integer)) === integer && Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
  });
}

/** Writes JSON; a BigInt becomes a plain integer. */
export function writeJson(value, indent) {
  const text = JSON.stringify(value, (key, item) => (typeof item === 'bigint' ? MARK + item : item), indent);
  return text.replace(/"\\u0001integer:(-?\d+)"/g, '$1');
}
