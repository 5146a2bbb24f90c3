/** Who may use the ports that others connect to, and how they are known. */
package io.decant.ingest.users;
