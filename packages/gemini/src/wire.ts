/** The reply as it comes: the SDK's types, but any field may be missing or null. */
import type { Candidate, Content, GenerateContentResponseUsageMetadata, Part } from "@google/genai";

export type WirePart = Part & { [key: string]: unknown };
export type WireContent = { role: "user" | "model"; parts: WirePart[]; [key: string]: unknown };

export type WireCandidate = Omit<Candidate, "content" | "finishReason"> & {
  content?: (Omit<Content, "parts"> & { parts?: WirePart[] | null }) | null;
  finishReason?: string | null;
};

export interface WireReply {
  candidates?: WireCandidate[] | null;
  promptFeedback?: { blockReason?: string; blockReasonMessage?: string } | null;
  usageMetadata?: GenerateContentResponseUsageMetadata | null;
  modelVersion?: string;
  responseId?: string;
  /** RFC 3339; Vertex AI only. */
  createTime?: string;
}
