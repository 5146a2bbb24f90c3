/** What people would use in Decant's place, as processes of their own under the same load. */
package io.decant.loadtest.peer;
