/** The lease is part of the key: two attempts of one job never write to the same place, whoever was late. */
export function artifactKeys(
  jobId: string,
  attempt: number,
  leaseId: string,
): { readonly video: string; readonly thumbnail: string } {
  const stem = `videos/${jobId}/${attempt}-${leaseId}`;
  return { video: `${stem}.mp4`, thumbnail: `${stem}.jpg` };
}
