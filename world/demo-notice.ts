import type { Demo } from './demo.ts';

/** What somebody with a one-handed sword may want to know: Maple Soul Rohen instead of it. */
const TRIAL = '{"putOn":[{"templateId":1402039}]}';

/** What the log says when the demo runs, line by line: that it is one, how to look at it, what to set for the real thing. */
export function demoNotice({ tenant, sampleCharacterId }: Demo, origin: string): readonly string[] {
  const headers = {
    TENANT_ID: tenant.id,
    REGION: tenant.region,
    MAJOR_VERSION: tenant.majorVersion,
    MINOR_VERSION: tenant.minorVersion,
  };
  const flags = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`);
  const curl = `curl -s ${flags.join(' ')}`;
  const url = `${origin}/api/worlds/0/channels/1/characters/${sampleCharacterId}/stats`;
  return [
    'THIS IS THE DEMO: a simulated Atlas with 201 characters in this process, without Kafka; nothing is stored.',
    `Character ${sampleCharacterId} changes every 2 s. Look at it again and again:`,
    `${curl} ${url}`,
    'Why these numbers:',
    `${curl} '${url}/explain?format=text'`,
    'What another weapon would do to them:',
    `${curl} -d '${TRIAL}' '${url}/preview?format=text'`,
    'For the real thing set BOOTSTRAP_SERVERS (host:port of the Kafka brokers), BASE_SERVICE_URL (the Atlas services, ' +
      'ends in /api/) and the EVENT_TOPIC_* variables. `npm start -- --help` explains every variable.',
  ];
}
