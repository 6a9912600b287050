import { describeStateStore } from '../../../test/contract/state-store.ts';
import { createMemoryStore } from './memory-store.ts';

describeStateStore('memory store', createMemoryStore);
