/** The interface of a step of the pipeline, and how such a step is woken. */
package io.decant.ingest.stage;
