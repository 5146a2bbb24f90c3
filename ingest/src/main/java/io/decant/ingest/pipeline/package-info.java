/** From the hand-off queue inward: the writer, a lane for each sink, and how they are put together. */
package io.decant.ingest.pipeline;
