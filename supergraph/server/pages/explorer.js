const PAUSE_IN_TYPING_MS = 300;
const element = (id) => document.getElementById(id);
const [query, variables, headers, response, plan] = ['query', 'variables', 'headers', 'response', 'plan'].map(element);
let running = new AbortController();
let typing;

/** The JSON in a text area, or an empty object; says in the response what is wrong with it. */
function read(area) {
  try {
    return area.value.trim() ? JSON.parse(area.value) : {};
  } catch (error) {
    throw new Error(`The ${area.id} are no JSON: ${error.message}`);
  }
}

async function post(path, body, signal, accept = 'application/json') {
  return fetch(path, {
    method: 'POST',
    headers: { ...read(headers), 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
    signal,
  });
}

/** Gives each `next` of an event stream. */
async function* events(stream) {
  let text = '';
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const data = block.match(/^data: (.*)$/m);
      if (block.startsWith('event: next') && data) yield JSON.parse(data[1]);
    }
  }
}

async function run() {
  running.abort();
  running = new AbortController();
  response.textContent = '…';
  try {
    const accept = 'application/json, text/event-stream';
    const body = { query: query.value, variables: read(variables) };
    const answer = await post('/graphql', body, running.signal, accept);
    if (!answer.headers.get('content-type').startsWith('text/event-stream')) {
      response.textContent = JSON.stringify(await answer.json(), null, 2);
      return;
    }
    for await (const event of events(answer.body)) response.textContent = JSON.stringify(event, null, 2);
  } catch (error) {
    if (error.name !== 'AbortError') response.textContent = error.message;
  }
}

async function showPlan() {
  if (!query.value.trim()) return;
  try {
    const body = { query: query.value, explain: element('explain').checked };
    const answer = await (await post('/graphql/plan', body)).json();
    plan.textContent = answer.errors ? answer.errors.map(({ message }) => message).join('\n') : answer.text;
  } catch (error) {
    plan.textContent = error.message;
  }
}

function edited() {
  clearTimeout(typing);
  typing = setTimeout(showPlan, PAUSE_IN_TYPING_MS);
}

async function offerExamples() {
  const examples = await (await fetch('/graphql/examples')).json();
  const choice = element('examples');
  choice.hidden = examples.length === 0;
  examples.forEach((example, index) => {
    const name = example.query.match(/(?:query|mutation|subscription)\s+(\w+)/)?.[1] ?? `example ${index + 1}`;
    choice.add(new Option(name, index));
  });
  choice.addEventListener('change', () => show(examples[choice.value]));
  if (examples.length) show(examples[0]);
}

function show(example) {
  query.value = example.query;
  variables.value = example.variables;
  showPlan();
}

query.addEventListener('input', edited);
element('explain').addEventListener('change', showPlan);
element('run').addEventListener('click', run);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run();
});
await offerExamples();
