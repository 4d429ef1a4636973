// What the server says of one trace and of one span (the routes below /api/ui/projects/{projectId}/trace and /span).

export interface StoredText {
  text: string;
  /** Characters of the whole; `text` is its beginning when truncated. */
  length: number;
  truncated: boolean;
  kind: "json" | "text" | "none";
}

export interface Tokens {
  in: number;
  out: number;
  total: number;
  cached: number;
}

export interface Score {
  id: string;
  name: string;
  value: number | null;
  stringValue: string | null;
  dataType: string;
  source: string;
  comment: string | null;
  author: string | null;
  authorUserId?: string | null;
  traceId?: string | null;
  observationId: string | null;
  timestamp: string;
  configId: string | null;
  executionTraceId?: string | null;
}

export interface TraceHead {
  id: string;
  name: string | null;
  time: string;
  env: string;
  user: string | null;
  session: string | null;
  release: string | null;
  version: string | null;
  tags: string[];
  level: string;
  public: boolean;
  bookmarked: boolean;
  input: StoredText;
  output: StoredText;
  metadata: Record<string, unknown>;
  metadataTruncated?: string[];
  /** Seconds. */
  latency: number | null;
  tokens: Tokens | null;
  cost: number | string | null;
  observations: number;
  errors: number;
  warnings: number;
  scores: Score[];
  comments: number;
  running: boolean;
  firstStart: string | null;
  lastEnd: string | null;
  sdk?: { name: string; version: string | null } | null;
}

export interface Span {
  id: string;
  traceId: string;
  parentId: string | null;
  type: string;
  name: string | null;
  level: string;
  statusMessage: string | null;
  startTime: string;
  endTime: string | null;
  completionStartTime: string | null;
  latency: number | null;
  ttft: number | null;
  model: string | null;
  modelId: string | null;
  modelParameters: unknown;
  promptName: string | null;
  promptVersion: number | null;
  promptId: string | null;
  usageDetails: Record<string, number>;
  costDetails: Record<string, number | string>;
  usagePricingTier: string | null;
  estimated: boolean;
  totalCost: number | string | null;
  input: StoredText;
  output: StoredText;
  metadata: Record<string, unknown>;
  metadataTruncated?: string[];
  tools: { name: string; definition: unknown }[];
  toolCalls: unknown[];
  environment: string;
  version: string | null;
  release: string | null;
  user?: string | null;
  session?: string | null;
  scores: Score[];
  comments: number;
  source?: string | null;
  serviceName?: string | null;
  serviceVersion?: string | null;
  scopeName?: string | null;
  scopeVersion?: string | null;
  sdk?: { name: string; version: string | null } | null;
}

export interface ConversationGeneration {
  id: string;
  name: string | null;
  type: string;
  level?: string;
  model?: string | null;
  /** Nearest agent above. */
  agent: string | null;
  start: string;
  input: StoredText;
  output: StoredText;
  scope: string | null;
}

export interface Conversation {
  generations: ConversationGeneration[];
  truncated?: boolean;
}

export interface Comment {
  id: string;
  projectId: string;
  objectType: string;
  objectId: string;
  content: string;
  createdAt: string;
  authorUserId: string | null;
}
