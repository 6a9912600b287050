// Lints a description with Redocly's recommended rules and prints what it finds, as JSON.
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({ extends: ['recommended'] });
const problems = await lint({ ref: process.argv[2], config });
const told = problems.map(({ ruleId, severity, message, location }) => ({
  ...{ ruleId, severity, message },
  where: location[0]?.pointer,
}));
process.stdout.write(JSON.stringify(told));
