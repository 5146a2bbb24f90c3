/**
 * How a delivered batch lies on a filesystem: the names of its directories and files, the lines of its tail,
 * and its manifest. The sink of the server and the job on Spark both write by this, and so write the same. {@link
 * io.decant.offload.layout.PartWriter} writes one file; nothing here knows which filesystem it is on.
 */
package io.decant.offload.layout;
