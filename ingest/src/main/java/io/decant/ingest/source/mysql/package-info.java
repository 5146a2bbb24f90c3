/**
 * Tables of MySQL and MariaDB, as docs/mysql.md describes them: a plan of ranges, pages of rows by key, and a cursor
 * beside the rows in the journal.
 */
package io.decant.ingest.source.mysql;
