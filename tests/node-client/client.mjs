// Streams, resumes, appends and consumes as a service in another language does: node client.mjs ADDRESS STREAM PROTO-FOLDER
// Prints a line of JSON for each step; fails when a step doesn't go as it should.
import assert from 'node:assert/strict';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, stream, protos] = process.argv.slice(2);
const definition = loader.loadSync(
  ['reflexpb/reflex.proto', 'reflex/v1/reflex.proto', 'jettisonpb/jettison.proto'],
  { includeDirs: [protos], keepCase: true, longs: String, defaults: true });
const { reflex, reflexpb } = grpc.loadPackageDefinition(definition);
const credentials = grpc.credentials.createInsecure();
const streams = new reflex.v1.Streams(address, credentials);
const legacy = new reflexpb.Reflex(address, credentials);
const headReached = 'ERR_b4b155d2a91cfcd0';
const stopped = 'ERR_09290f5944cb8671';

const metadata = new grpc.Metadata();
metadata.set('reflex-stream', stream);
metadata.set('__jettison__consumer', 'node-client');

function report(step, facts) {
  console.log(JSON.stringify({ step, ...facts }));
}

function codeOf(error) {
  const [details] = error.metadata.get('grpc-status-details-bin');
  return [headReached, stopped].find(code => details?.includes(code)) ?? details?.toString();
}

// Reads until the call ends, which it never does without an error.
function readToEnd(call, onEvent = () => {}) {
  return new Promise((resolve, reject) => {
    const events = [];
    call.on('data', event => { events.push(event); onEvent(event); });
    call.on('error', error => resolve({ events, error }));
    call.on('end', () => setTimeout(reject, 1000, new Error('The call ended with OK.')).unref());
  });
}

async function append(...foreignIds) {
  const events = foreignIds.map((foreign_id, i) => ({ type: i + 1, foreign_id, metadata: Buffer.from('hello') }));
  const response = await new Promise((resolve, reject) =>
    streams.Append({ stream, events }, (error, answer) => error ? reject(error) : resolve(answer)));
  return response.positions.map(position => position.id);
}

const appended = await append('a', 'b', 'c');
assert.deepEqual(appended, ['1', '2', '3']);
report('append', { ids: appended });

const whole = await readToEnd(legacy.Stream({ options: { toHead: true } }, metadata));
assert.deepEqual(whole.events.map(e => [e.id, e.type, e.foreign_id, e.metadata.toString()]),
  [['1', 1, 'a', 'hello'], ['2', 2, 'b', 'hello'], ['3', 3, 'c', 'hello']]);
assert.ok(whole.events.every(e => Number(e.timestamp.seconds) > 0));
assert.equal(whole.error.code, grpc.status.OUT_OF_RANGE);
assert.equal(codeOf(whole.error), headReached);
report('stream', { ids: whole.events.map(e => e.id), code: codeOf(whole.error) });

const resumed = await readToEnd(legacy.Stream({ after: '1', options: { toHead: true } }, metadata));
assert.deepEqual(resumed.events.map(e => e.id), ['2', '3']);
report('resume', { ids: resumed.events.map(e => e.id) });

const many = await readToEnd(streams.Stream({ stream, to_head: true }));
assert.deepEqual(many.events.flatMap(message => message.events.map(e => e.id)), ['1', '2', '3']);
report('stream v1', { messages: many.events.length });

// A first session acknowledges up to 2 and ends; the next goes on after that.
for (const [expected, acknowledged] of [['1', '2'], ['3', '3']]) {
  const call = legacy.Consume(metadata);
  const ids = [];
  const ended = readToEnd(call, event => {
    ids.push(event.id);
    if (event.id === acknowledged) {
      call.write({ ack_id: event.id });
      call.end();
    }
  });
  call.write({ consumer_id: 'node-client' });
  const { error } = await ended;
  assert.equal(error.code, grpc.status.CANCELLED);
  assert.equal(ids[0], expected);
  report('consume', { first: ids[0], acknowledged });
}

// Last, a stream that the server ends when it stops.
const endless = legacy.Stream({ after: '3' }, metadata);
endless.on('metadata', () => report('waiting', {}));
const last = await readToEnd(endless);
assert.equal(last.error.code, grpc.status.UNAVAILABLE);
assert.equal(codeOf(last.error), stopped);
report('stopped', { code: codeOf(last.error) });
process.exit(0);
