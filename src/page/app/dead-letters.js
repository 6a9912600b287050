import { useState } from 'preact/hooks';
import { getJson, postJson } from './api.js';
import { html } from './dom.js';
import { usePolled } from './live.js';
import { Problem } from './parts.js';
import { clockTime, grouped } from './words.js';

const LOOK_MS = 5_000;

/** Records that could not be read. Their bytes, and re-drive, are for who has the token; it is kept as long as the page is open. */
export function DeadLetters() {
  const [token, setToken] = useState('');
  const [told, setTold] = useState('');
  const headers = token === '' ? {} : { Authorization: `Bearer ${token}` };
  const { value, error, again } = usePolled(() => getJson('/api/debug/dead-letters', undefined, { headers }), LOOK_MS, [
    token,
  ]);
  const redrive = async ({ topic, partition, offset }) => {
    try {
      const query = new URLSearchParams({ topic, partition, offset });
      const { applied, stillDead, incomplete } = await postJson(
        `/api/debug/dead-letters/redrive?${query}`,
        undefined,
        {},
        { headers },
      );
      setTold(
        `${applied} applied, ${stillDead} still dead${incomplete > 0 ? `, ${incomplete} kept only in part` : ''}`,
      );
      again();
    } catch (failure) {
      setTold(failure.message);
    }
  };
  const letters = value?.letters ?? [];
  return html`<section class="card" aria-labelledby="dead">
    <div class="heading"><h2 id="dead">Dead letters</h2>
      <p class="count">${value ? `${grouped(value.total)} so far, ${letters.length} kept` : '…'}</p>
      <form class="inline" onSubmit=${(event) => {
        event.preventDefault();
        setToken(new FormData(event.target).get('token'));
      }}>
        <label>Admin token<input type="password" name="token" autocomplete="off" /></label><button type="submit">Use it</button>
      </form></div>
    <p role="status" class="why">${told}</p>
    <${Problem} error=${error} what="The dead letters" />
    ${value && letters.length === 0 && html`<p class="empty">Everything could be read.</p>`}
    ${
      letters.length > 0 &&
      html`<div class="scroll" tabindex="0" role="region" aria-label="Dead letters, as a table"><table>
      <thead><tr><th scope="col">Where</th><th scope="col">When</th><th scope="col">Why</th><th scope="col" class="number">Bytes</th><th scope="col">What</th></tr></thead>
      <tbody>${letters.slice(0, 100).map(
        (letter) => html`<tr key=${`${letter.topic}/${letter.partition}/${letter.offset}`}>
        <th scope="row">${letter.topic}/${letter.partition} @ ${letter.offset}</th><td>${clockTime(letter.timestamp)}</td><td>${letter.reason}</td><td class="number">${grouped(letter.valueLength)}</td>
        <td>${
          'value' in letter
            ? html`<details><summary>Look</summary><pre tabindex="0">${textOf(letter.value)}</pre></details>
          <button type="button" class="quiet" onClick=${() => redrive(letter)}>Re-drive</button>`
            : html`<span class="why">needs the token</span>`
        }</td>
      </tr>`,
      )}</tbody>
    </table></div>`
    }
  </section>`;
}

/** What the bytes say, as far as they are text. */
function textOf(base64) {
  if (base64 === null) return '(nothing)';
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
