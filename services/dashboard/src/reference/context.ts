import { createContext, useContext } from 'react';
import type { OpenApi, Tag } from './document';

export interface Reference {
  readonly document: OpenApi;
  readonly tags: readonly Tag[];
}

export const ReferenceContext = createContext<Reference | null>(null);

export function useReference(): Reference {
  const reference = useContext(ReferenceContext);
  if (!reference) throw new Error('useReference is used below Docs only');
  return reference;
}
