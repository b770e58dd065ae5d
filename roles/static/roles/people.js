/* Offer people while somebody types a user name: the list beside the field follows what is typed.
   The newest question wins; without an answer the field takes a user name as ever. */

const WAIT = 250;

export function startOffering(field) {
  const list = field.list;
  const line = document.getElementById(`${list.id}-found`);
  const { search, key, most } = list.dataset;
  let waiting = 0;
  let open = null;

  const show = (people, words) => {
    list.replaceChildren(...people);
    if (line.textContent !== words) line.textContent = words;
  };

  const send = async (text) => {
    open = new AbortController();
    const { signal } = open;
    try {
      const answer = await fetch(addressOf(search, text, most), { headers: { Accept: "application/json" }, signal });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (signal.aborted) return;
      const people = found.results.filter((row) => row[key]).map((row) => optionOf(row, key));
      show(people, wordsFor(line.dataset, found, people.length));
    } catch {
      if (!signal.aborted) show([], line.dataset.silent);
    }
  };

  const ask = () => {
    clearTimeout(waiting);
    open?.abort();
    const text = field.value.trim();
    if (!text) return show([], "");
    // Somebody who was chosen from the list is found already.
    if ([...list.options].some((one) => one.value === text)) return;
    waiting = setTimeout(send, WAIT, text);
  };
  field.addEventListener("input", ask);
}

function addressOf(search, text, most) {
  const address = new URL(search, window.location.href);
  address.searchParams.set("search", text);
  address.searchParams.set("page_size", most);
  return address;
}

// The name and address stand beside the user name, as far as the answer has them.
function optionOf(row, key) {
  const name = [row.first_name, row.last_name].filter(Boolean).join(" ");
  return new Option([name, row.email].filter(Boolean).join(" · "), row[key]);
}

function wordsFor(words, { count, next }, shown) {
  if (!count) return words.none;
  if (next) return words.first.replace("{shown}", shown).replace("{count}", count);
  return count === 1 ? words.one : words.all.replace("{count}", count);
}

for (const list of document.querySelectorAll("datalist[data-search]")) {
  for (const field of document.querySelectorAll(`input[list="${CSS.escape(list.id)}"]`)) startOffering(field);
}
