"""The words by which columns of persons' names are told from other columns, and names from what stands in their place."""

_PERSON = """
responden respondent lengkap full kepala head krt kk anggota member ibu ayah bapak suami istri anak child childs children
orang person enumerator pewawancara interviewer petugas surveyor penyurvei first last nick panggilan ketua penduduk warga
pemilik owner pengisi narasumber informan informant kontak contact household keluarga rumah tangga art penanggung jawab
peserta participant middle maiden depan belakang saudara head's member's child's spouse pasangan father mother
"""
_NO_PERSON = """
desa village kecamatan subdistrict kabupaten regency provinsi province dusun hamlet kelompok group organisasi organization
usaha business toko shop restaurant restoran sekolah school puskesmas posyandu pasar market produk product program
kegiatan activity lembaga institution kemitraan partnership perusahaan company bank koperasi site lokasi location tempat
place jalan street sungai komoditas tanaman bumdes form formulir file variable
"""
_NO_NAMES = """
bapak bpk pak ibu haji hajah almarhum almarhumah alm almh bin binti drs dra ust ustaz ustadz kyai tuan nyonya mbak mas
bang kak tidak ada tahu tanpa nama anonim rahasia belum bukan kosong responden warga penduduk kepala keluarga rumah tangga
orang anak suami istri ayah ketua anggota desa dusun dan atau yang mr. mrs miss the respondent unknown name none head
household member
"""
PERSON = frozenset(_PERSON.split())  # beside "nama": whose name it is
NO_PERSON = frozenset(_NO_PERSON.split())  # beside "nama": the name of something else
NO_NAMES = frozenset(_NO_NAMES.split())  # in a column of names: titles, and what is written where none is known
