/** The child process of `command-line.ts`: runs `main()` for each message, with its streams caught. */
import './patience.mjs';
import { main } from '../../src/cli/main.ts';
import './shared-kernel.ts';

type Message = { argv: string[]; cwd: string };

process.stdout.setMaxListeners(0);

/** Collects what is written to a stream until the returned function is called. */
function capture(stream: NodeJS.WriteStream): () => string {
  let text = '';
  const { write } = stream;
  stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const done = rest.find((argument) => typeof argument === 'function') as
      | ((error?: Error) => void)
      | undefined;
    if (done !== undefined) process.nextTick(done);
    return true;
  }) as typeof stream.write;
  return () => {
    stream.write = write;
    return text;
  };
}

process.on('message', async ({ argv, cwd }: Message) => {
  process.chdir(cwd);
  const out = capture(process.stdout);
  const err = capture(process.stderr);
  await main(['node', 'audit-check', ...argv]);
  const stdout = out();
  const stderr = err();
  process.send!({ exit: process.exitCode, stdout, stderr });
  process.exitCode = 0;
});
