/** JSON documents and lines of the control plane, as records. */
package io.decant.offload.json;
