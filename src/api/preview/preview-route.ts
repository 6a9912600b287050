import type { Preview } from '../../answers/preview.ts';
import type { Previewer, PreviewRead } from '../../answers/previewer.ts';
import type { Names } from '../../upstream/names.ts';
import { ok } from '../answer.ts';
import { acceptedFormat, formatParameter, TEXT_TYPE } from '../answer-format.ts';
import { type CharacterRequestReader, errorOfUnanswered } from '../character-request.ts';
import { bodyProblem, invalidFields } from '../field-problem.ts';
import type { Handler } from '../handling.ts';
import { namesInPreview, namingOf } from '../naming.ts';
import { readQuery } from '../query.ts';
import { STATS_URL } from '../stats-route.ts';
import { encodePreview } from './preview-document.ts';
import { previewText } from './preview-text.ts';

export const PREVIEW_URL = `${STATS_URL}/preview`;

/** Bytes of a body at most: more than the bounds of its lists let anyone need. */
export const PREVIEW_BODY_MAX = 65_536;

const PARAMETERS = { format: formatParameter };

/** What the effective stats of one character would be. Nothing is stored. The body is text, read here. */
export function createPreviewHandler(
  previewer: Previewer,
  names: Pick<Names, 'of' | 'ensure'>,
  requestOf: CharacterRequestReader,
): Handler {
  return async (request) => {
    const { values, problems } = readQuery(request, PARAMETERS);
    // With its schema's library, which takes a fifth of a second to load and is for previews alone.
    const { readPreviewRequest } = await import('./preview-request.ts');
    const { trial, problems: inBody } = readPreviewRequest(request.body);
    const { tenant, characterId, context } = requestOf(request, [...problems, ...inBody]);
    const preview = previewOf(await previewer.preview(tenant, characterId, context, trial));
    const naming = await namingOf(names, { tenant, context }, namesInPreview(preview));
    const format = values.format ?? acceptedFormat(request);
    return format === 'text' ? ok(previewText(preview, naming), TEXT_TYPE) : ok(encodePreview(preview, naming));
  };
}

function previewOf(read: PreviewRead): Preview {
  switch (read.kind) {
    case 'answer':
      return read.preview;
    case 'impossible':
      throw invalidFields(read.problems.map(({ pointer, expected, got }) => bodyProblem(pointer, expected, got)));
    default:
      throw errorOfUnanswered(read);
  }
}
