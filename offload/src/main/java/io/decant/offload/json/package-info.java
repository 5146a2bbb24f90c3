/** Small JSON documents and lines, written and read member by member with Jackson's streaming parser; no mapper. */
package io.decant.offload.json;
