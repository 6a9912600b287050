import { defineCommand, EXIT } from './command.ts';
import { openService, SERVICE_OPTIONS } from './service.ts';

export const explain = defineCommand({
  summary: 'Why a character has the stats that it has: every line that touches each number, in order.',
  words: '<character>',
  details: ['The character by id, or by the name of somebody who is held.'],
  options: {
    ...SERVICE_OPTIONS,
    stat: { type: 'string', placeholder: 'STAT', description: 'Only this one, such as max_hp.' },
  },
  async run({ values, words: [who = ''] }, terminal) {
    const service = openService(values, terminal);
    const path = await service.character(who);
    const query = new URLSearchParams(values.stat === undefined ? {} : { stat: values.stat });
    if (values.json !== true) query.set('format', 'text');
    const answer = await service.text(`${path}/stats/explain?${query}`);
    terminal.stdout.write(answer.endsWith('\n') ? answer : `${answer}\n`);
    return EXIT.fine;
  },
});
