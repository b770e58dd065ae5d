/* The page's words, which the server wrote in the reader's language. */

const words = JSON.parse(document.getElementById("grid-words").textContent);

export function say(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key]);
}

export function counted(key, count, values = {}) {
  return say(count === 1 ? `${key}_one` : key, { count, ...values });
}
